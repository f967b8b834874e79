import test from 'ava';
import { type Pair, together } from './broker-venue.js';

test('each script that has been played is counted, and the results are in the order of the scripts', async (t) => {
  let count = 0;
  const play = together({ together: 2, played: () => count++ }, async ({ name }) => [name, count] as unknown as Pair);
  const scripts = ['a', 'b', 'c'].map((name) => ({ name, steps: [] }));
  const results = await play(scripts as never, { host: '127.0.0.1', port: 1 });
  t.deepEqual(
    results.map(([name]) => name as unknown),
    ['a', 'b', 'c'],
  );
  t.is(count, 3);
});
