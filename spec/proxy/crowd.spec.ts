import test from 'ava';
import fc from 'fast-check';
import { Crowd } from '../../lib/proxy/crowd.js';

test('a crowd has the members that a set would have, whatever comes and goes', (t) => {
  const member = fc.integer({ min: 0, max: 20 });
  const steps = fc.array(fc.record({ isAdded: fc.boolean(), nth: member }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (all) => {
      const members = Array.from({ length: 21 }, () => ({ place: -1 }));
      const crowd = new Crowd<{ place: number }>();
      const set = new Set<{ place: number }>();
      for (const { isAdded, nth } of all) {
        const each = members[nth] as { place: number };
        if (isAdded) crowd.add(each);
        else crowd.delete(each);
        if (isAdded) set.add(each);
        else set.delete(each);
        if (crowd.size !== set.size) return false;
      }
      const found = [...crowd];
      return found.length === set.size && found.every((each) => set.has(each));
    }),
  );
  t.pass();
});

test('members can leave and come while a crowd is visited', (t) => {
  const members = Array.from({ length: 5 }, () => ({ place: -1 }));
  const crowd = new Crowd<{ place: number }>();
  for (const each of members) crowd.add(each);
  const visited: { place: number }[] = [];
  for (const each of crowd) {
    visited.push(each);
    crowd.delete(each);
    crowd.add({ place: -1 });
  }
  t.deepEqual(new Set(visited), new Set(members));
  t.is(crowd.size, 5);
});
