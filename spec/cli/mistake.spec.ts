import test from 'ava';
import { commands } from '../../lib/cli/commands.js';
import { parseToxiproxyFlags } from '../../lib/cli/toxiproxy-flags.js';
import { UsageError } from '../../lib/cli/usage-error.js';

/** Wrong command lines, and what is said about them before `; see`. */
const MISTAKES: readonly (readonly [line: string, says: string, see: string])[] = [
  ['runn', 'unknown command "runn" (did you mean "run"?)', 'rabbit-snare --help'],
  ['prob localhost:5672', 'unknown command "prob" (did you mean "probe"?)', 'rabbit-snare --help'],
  ['xyz', 'unknown command "xyz"', 'rabbit-snare --help'],
  ['config shwo', 'unknown command "config shwo" (did you mean "config show"?)', 'rabbit-snare config --help'],
  ['faults ad x', 'unknown command "faults ad" (did you mean "faults add"?)', 'rabbit-snare faults --help'],
  ['--lisen 1', 'unknown flag "--lisen" (did you mean "--listen"?)', 'rabbit-snare --help'],
  [
    'run --handshake_timeout=1s',
    'unknown flag "--handshake_timeout" (did you mean "--handshake-timeout"?)',
    'rabbit-snare run --help',
  ],
  ['probe a:1 --identfy', 'unknown flag "--identfy" (did you mean "--identify"?)', 'rabbit-snare probe --help'],
  ['faults remove --al', 'unknown flag "--al" (did you mean "--all"?)', 'rabbit-snare faults remove --help'],
  ['-x', 'unknown flag "-x"', 'rabbit-snare --help'],
  ['run --listen', '--listen must have a value', 'rabbit-snare run --help'],
  [
    'connections --close rts',
    '--close must be one of rst, fin, 320, not "rts" (did you mean "rst"?)',
    'rabbit-snare connections --help',
  ],
  [
    'classify --end=fn',
    '--end must be one of fin, rst, timeout, not "fn" (did you mean "fin"?)',
    'rabbit-snare classify --help',
  ],
  [
    'completion fisch',
    '<shell> must be one of bash, zsh, fish, not "fisch" (did you mean "fish"?)',
    'rabbit-snare completion --help',
  ],
  ['config check', 'config check needs <file>', 'rabbit-snare config check --help'],
  ['faults update amqp/x', 'faults update needs <change>', 'rabbit-snare faults update --help'],
  ['probe a:1 b:2', 'unexpected argument "b:2"', 'rabbit-snare probe --help'],
  ['config', 'config needs one of show, check, schema', 'rabbit-snare config --help'],
];

for (const [line, says, see] of MISTAKES) {
  test(`rabbit-snare ${line}: ${says}`, async (t) => {
    const error = await t.throwsAsync(async () => commands(line.split(' ')).parseAsync(), { instanceOf: UsageError });
    t.is(error?.message, `${says}; see ${see}`);
  });
}

test('an unknown flag of Toxiproxy’s server: what was probably meant', (t) => {
  const error = t.throws(() => parseToxiproxyFlags(['-hots=x']), { instanceOf: UsageError });
  t.is(error?.message, 'unknown flag "-hots" (did you mean "-host"?); see rabbit-snare toxiproxy --help');
});
