import test from 'ava';
import { shrink } from './shrink.js';

const given = { setup: {}, parts: Array.from({ length: 20 }, (_, at) => at) };

test('shrinking keeps only the parts that show the problem', async (t) => {
  const needs = async ({ parts }: typeof given) => parts.includes(3) && parts.includes(17);
  t.deepEqual((await shrink(given, needs as never, 1_000)).parts, [3, 17]);
});

test('shrinking stops after so many tries', async (t) => {
  let tries = 0;
  const never = async () => {
    tries += 1;
    return false;
  };
  t.deepEqual(await shrink(given, never, 5), given);
  t.is(tries, 5);
});
