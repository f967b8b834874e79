import test from 'ava';
import { chance, sequence } from '../../lib/faults/chance.js';

const of = (connection: number) => ({ seed: 7, proxy: 'amqp', name: 'x', connection });

test('random numbers are evenly distributed over connections', (t) => {
  const buckets = new Array<number>(10).fill(0);
  for (let nth = 0; nth < 10_000; nth++) {
    const drawn = chance(of(nth));
    t.true(drawn >= 0 && drawn < 1);
    buckets[Math.floor(drawn * 10)] = (buckets[Math.floor(drawn * 10)] ?? 0) + 1;
  }
  for (const count of buckets) t.true(count > 850 && count < 1150, buckets.join());
});

test('random numbers do not change between versions, so a seed in a bug report reproduces the bug', (t) => {
  t.deepEqual(
    [1, 2, 3].map((connection) => chance(of(connection)).toFixed(6)),
    ['0.196317', '0.501689', '0.624319'],
  );
});

test('the boundary between proxy and fault name matters', (t) => {
  t.not(chance({ ...of(1), proxy: 'a', name: 'bc' }), chance({ ...of(1), proxy: 'ab', name: 'c' }));
});

test('a sequence is reproducible, evenly distributed, and different for each connection', (t) => {
  const draw = (connection: number) => {
    const next = sequence(of(connection));
    return Array.from({ length: 1000 }, next);
  };
  t.deepEqual(draw(1), draw(1));
  t.notDeepEqual(draw(1), draw(2));
  const mean = draw(1).reduce((sum, drawn) => sum + drawn) / 1000;
  t.true(mean > 0.45 && mean < 0.55, String(mean));
  t.true(draw(1).every((drawn) => drawn >= 0 && drawn < 1));
});
