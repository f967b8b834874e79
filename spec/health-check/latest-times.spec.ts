import test from 'ava';
import * as fc from 'fast-check';
import { LATEST, LatestTimes } from '../../lib/health-check/latest-times.js';

test('the last times are kept in order, whatever the order in which they are added', (t) => {
  void fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3 * LATEST }), (delays) => {
      const times = new LatestTimes();
      let expected: number[] = [];
      for (const [number, delay] of delays.entries()) {
        const time = 10 * number - delay;
        times.add(time);
        expected = [...(expected.length === LATEST ? expected.slice(1) : expected), time].sort((a, b) => a - b);
      }
      t.deepEqual(times.toArray(), expected);
      t.is(times.length, expected.length);
      t.is(times.span, (expected.at(-1) ?? 0) - (expected[0] ?? 0));
    }),
  );
});
