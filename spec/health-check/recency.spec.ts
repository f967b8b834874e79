import test from 'ava';
import * as fc from 'fast-check';
import { type Linked, Recency } from '../../lib/health-check/recency.js';

interface Item extends Linked<Item> {
  readonly name: number;
}

test('the oldest item is the one that was not used for longest', (t) => {
  const steps = fc.array(fc.record({ name: fc.integer({ min: 0, max: 5 }), isRemoved: fc.boolean() }));
  void fc.assert(
    fc.property(steps, (acts) => {
      const items = Array.from({ length: 6 }, (_, name): Item => ({ name, older: null, newer: null }));
      const recency = new Recency<Item>();
      let expected: number[] = [];
      for (const { name, isRemoved } of acts) {
        expected = expected.filter((each) => each !== name);
        if (isRemoved) recency.remove(items[name] as Item);
        else {
          recency.use(items[name] as Item);
          expected.push(name);
        }
        t.is(recency.oldest?.name, expected[0]);
      }
      while (recency.oldest !== null) {
        t.is(recency.oldest.name, expected.shift() as number);
        recency.remove(recency.oldest);
      }
      t.deepEqual(expected, []);
    }),
  );
});
