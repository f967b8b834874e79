import test from 'ava';
import fc from 'fast-check';
import yargs from 'yargs';
import { plainFlags } from '../../lib/cli/plain-flags.js';
import { runFlags } from '../../lib/cli/run-flags.js';

const NAMES = new Set(Object.keys(runFlags));

/** The flags as yargs parses them; undefined if it rejects them. */
async function byYargs(args: readonly string[]): Promise<Record<string, unknown> | undefined> {
  try {
    return await yargs([...args])
      .options(runFlags)
      .strict()
      .parserConfiguration({
        'duplicate-arguments-array': true,
        'parse-numbers': false,
        'parse-positional-numbers': false,
      })
      .exitProcess(false)
      .version(false)
      .help(false)
      .fail((message) => {
        throw new Error(message);
      })
      .parseAsync();
  } catch {
    return undefined;
  }
}

test('flags with a value each are read', (t) => {
  t.deepEqual(plainFlags(['--listen', '127.0.0.1:0', '--dialect=3.10', '--fault=noop a=b'], NAMES), {
    listen: '127.0.0.1:0',
    dialect: '3.10',
    fault: 'noop a=b',
  });
  t.deepEqual(plainFlags([], NAMES), {});
});

for (const args of [
  ['--help'],
  ['-h'],
  ['probe'],
  ['--lisen', '1'],
  ['--listen'],
  ['--listen', ''],
  ['--listen='],
  ['--reports', '-'],
  ['--listen', '--mode'],
  ['--listen', '"quoted"'],
  ['--fault', 'noop', '--fault', 'noop'],
  ['--handshakeTimeout', '10s'],
  ['--no-control'],
  ['--', '--listen'],
]) {
  test(`yargs reads ${JSON.stringify(args)}`, (t) => {
    t.is(plainFlags(args, NAMES), undefined);
  });
}

test('what is read without yargs is what yargs reads', async (t) => {
  const name = fc.constantFrom(
    'listen',
    'dialect',
    'fault',
    'no-mode',
    'handshake-timeout',
    'handshakeTimeout',
    'seed',
    'x',
  );
  const value = fc.oneof(
    fc.constantFrom('', '-', '--', '1', '3.10', '0x10', 'a=b', "'a'", '"', 'true', '[]', 'a b', '=', '-1', '.5', '\n'),
    fc.string({ maxLength: 6 }),
  );
  const word = fc.oneof(
    fc.tuple(name, value).map(([key, text]) => [`--${key}=${text}`]),
    fc.tuple(name, value).map(([key, text]) => [`--${key}`, text]),
    value.map((text) => [text]),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 3 }), async (words) => {
      const args = words.flat();
      const plain = plainFlags(args, NAMES);
      if (plain === undefined) return;
      const parsed = await byYargs(args);
      t.deepEqual(
        plain,
        Object.fromEntries(
          Object.entries(parsed ?? { rejected: true }).filter(([key, text]) => NAMES.has(key) && text !== undefined),
        ),
        JSON.stringify(args),
      );
      t.deepEqual(parsed?.['_'], [], JSON.stringify(args));
    }),
    { numRuns: 300 },
  );
});
