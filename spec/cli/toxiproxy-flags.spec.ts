import test from 'ava';
import { isToxiproxyCommandLine, parseToxiproxyFlags } from '../../lib/cli/toxiproxy-flags.js';

const DEFAULTS = { host: 'localhost', port: 8474, config: null, seed: null, version: false, help: false };

for (const [args, flags] of [
  [[], {}],
  [['-host=0.0.0.0', '-config=/config/x.json'], { host: '0.0.0.0', config: '/config/x.json' }],
  [['--host', '0.0.0.0', '-port', '0', '--seed=7'], { host: '0.0.0.0', port: 0, seed: 7 }],
  [['-proxy-metrics', '--runtime-metrics=false', '-version'], { version: true }],
  [['-h'], { help: true }],
  [['-config='], {}],
  [['-host', '-x=y'], { host: '-x=y' }],
] as const) {
  test(`${JSON.stringify(args)} is accepted`, (t) => {
    t.deepEqual(parseToxiproxyFlags(args), { ...DEFAULTS, ...flags });
  });
}

for (const [args, message] of [
  [['-port=x'], /^-port must be a whole number up to 65535, not "x"/],
  [['-port'], /^-port must have a value/],
  [['-port=65536'], /^-port must be a whole number up to 65535, not "65536"/],
  [['-port='], /^-port must be a whole number up to 65535, not ""/],
  [['---host=x'], /^unknown flag "---host" \(did you mean "-host"\?\); see rabbit-snare toxiproxy --help$/],
  [['-seed=-1'], /^-seed must be a whole number/],
  [['-version=perhaps'], /^-version must be true or false, not "perhaps"/],
  [['--listen=x'], /^unknown flag "--listen"; /],
  [['x'], /^unexpected argument "x"; /],
] as const) {
  test(`${JSON.stringify(args)} is rejected, with flag, rule and value`, (t) => {
    t.throws(() => parseToxiproxyFlags(args), { name: 'UsageError', message });
  });
}

test('the command toxiproxy, or a long flag with one dash, selects Toxiproxy mode', (t) => {
  for (const first of ['toxiproxy', '-host=0.0.0.0', '-host', '-config=x', '-version'])
    t.true(isToxiproxyCommandLine([first]), first);
  for (const first of ['run', '--config', '-h', '--host', '-x', '']) t.false(isToxiproxyCommandLine([first]), first);
  t.false(isToxiproxyCommandLine([]));
});
