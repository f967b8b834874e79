import test from 'ava';
import { Random } from './random.js';

test('the same seeds produce the same sequence on every machine', (t) => {
  t.deepEqual([...new Random(1, 2).octets(6)], [4, 234, 229, 223, 156, 94]);
});

test('other seeds, or the same seeds in another order, produce another sequence', (t) => {
  const drawn = [[1], [2], [1, 2], [2, 1], [1, 2, 0], [2 ** 32 - 1]].map((seeds) =>
    new Random(...seeds).octets(8).join(),
  );
  t.is(new Set(drawn).size, drawn.length);
});

test('all integers of a range, including both ends, are about equally frequent', (t) => {
  const random = new Random(3);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 3000; draw++) {
    const number = random.between(-1, 1);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  t.deepEqual(
    [...counts.keys()].sort((a, b) => a - b),
    [-1, 0, 1],
  );
  for (const count of counts.values()) t.true(count > 850 && count < 1150, `${count} of 3000`);
});
