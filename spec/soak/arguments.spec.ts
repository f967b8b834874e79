import test from 'ava';
import { parseArguments } from './arguments.js';

test('numbers keep their values', async (t) => {
  t.deepEqual(await parseArguments(['--minutes', '0.5', '--seed', '7', '--markdown']), {
    minutes: 0.5,
    seed: 7,
    markdown: true,
  });
});

test('each run picks a seed if none is given', async (t) => {
  const parsed = await Promise.all([1, 2, 3].map(() => parseArguments(['--minutes', '30'])));
  t.true(new Set(parsed.map((args) => args?.seed)).size > 1);
  t.like(parsed[0], { minutes: 30, markdown: false });
});

const mistakes: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['no minutes', [], /--minutes is missing; pass for example --minutes 30/],
  ['minutes that are not a number', ['--minutes', 'many'], /--minutes must be a number above 0.*many/],
  ['zero minutes', ['--minutes', '0'], /--minutes must be a number above 0.*"0"/],
  ['too many minutes', ['--minutes', '99999'], /at most 10080/],
  ['minutes twice', ['--minutes', '1', '--minutes', '2'], /--minutes is given twice/],
  ['a negative seed', ['--minutes', '1', '--seed=-1'], /--seed must be a whole number.*-1/],
  ['a flag that does not exist', ['--minutes', '1', '--minute', '1'], /minute/],
  ['an argument that is not a flag', ['--minutes', '1', '30'], /30/],
];

for (const [what, args, says] of mistakes) {
  test(`the error for ${what} explains what to pass`, async (t) => {
    await t.throwsAsync(parseArguments(args), { name: 'CommandError', message: says });
  });
}
