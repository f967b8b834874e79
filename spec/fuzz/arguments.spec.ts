import test from 'ava';
import { CommandError } from '../support/command-error.js';
import { parseArguments } from './arguments.js';

test('a time is enough, and the seed is then random', async (t) => {
  const args = await parseArguments(['--minutes', '0.5']);
  t.like(args, { time: 30_000, first: 0, cases: null });
  t.deepEqual(args?.targets, ['decoders', 'config', 'reload', 'control', 'connections']);
  t.true(Number.isInteger(args?.seed));
});

test('seed, targets and numbers are read', async (t) => {
  const args = await parseArguments([
    '--cases',
    '3',
    '--first',
    '7',
    '--seed',
    '4294967295',
    '--targets',
    'config,control',
  ]);
  t.like(args, { cases: 3, first: 7, seed: 4_294_967_295 });
  t.deepEqual(args?.targets, ['config', 'control']);
});

for (const [args, message] of [
  [[], /pass one of --minutes N, --cases N and --replay FILE/],
  [['--minutes', '1', '--cases', '1'], /pass one of/],
  [['--minutes', '0'], /--minutes must be a number above 0, such as 1 or 0.5, not "0"/],
  [['--minutes', 'x'], /--minutes must be a number/],
  [['--cases', '0'], /--cases must be a whole number from 1 to 4294967295, not "0"/],
  [['--minutes', '1', '--seed', '-1'], /--seed must be a whole number/],
  [['--minutes', '1', '--targets', 'nothing'], /--targets: "nothing" is not a target; pass some of decoders, config/],
  [['--minutes', '1', '--unknown'], /Unknown argument: unknown/],
] as const) {
  test(`${args.join(' ') || 'nothing'} is a wrong usage`, async (t) => {
    const error = await t.throwsAsync(parseArguments([...args]), { instanceOf: CommandError });
    t.regex(error?.message ?? '', message);
  });
}
