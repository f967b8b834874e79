import test from 'ava';
import fc from 'fast-check';
import { isoTime } from '../../lib/text/iso-time.js';

test('a time is printed as Date prints it', (t) => {
  const anyTime = fc.oneof(
    fc.double({ min: -1e12, max: 8e15, noNaN: true }),
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_003_000 }),
    fc.double({ min: 1_700_000_000_000, max: 1_700_000_003_000, noNaN: true }),
  );
  fc.assert(fc.property(anyTime, (time) => t.is(isoTime(time), new Date(time).toISOString())));
});
