import test from 'ava';
import fc from 'fast-check';
import { Ring } from '../../lib/report/ring.js';

test('a ring keeps the last items in order, like a truncated list', (t) => {
  fc.assert(
    fc.property(
      fc.nat(8),
      fc.array(fc.integer(), { maxLength: 30 }),
      fc.integer({ min: -2, max: 10 }),
      (most, items, place) => {
        const ring = new Ring<number>(most);
        for (const item of items) ring.add(item);
        const kept = most === 0 ? [] : items.slice(-most);
        t.is(ring.size, kept.length);
        t.deepEqual(ring.from(place), kept.slice(Math.max(0, place)));
        t.deepEqual([...ring.newestFirst()], kept.toReversed());
      },
    ),
  );
});
