import test from 'ava';
import { readGiven, variableOf } from '../../lib/config/given.js';

const settings = (argv: Record<string, unknown>, env: NodeJS.ProcessEnv): unknown =>
  Object.fromEntries(
    [...readGiven(argv, env).settings].map(([{ path }, { text, name }]) => [path.join('.'), [text, name]]),
  );

test('a variable has the name of its flag', (t) => {
  t.is(variableOf('max-connections-per-source'), 'RABBIT_SNARE_MAX_CONNECTIONS_PER_SOURCE');
});

test('a flag overrides its variable, even an invalid one', (t) => {
  t.deepEqual(settings({ mode: 'observe' }, { RABBIT_SNARE_MODE: 'nonsense' }), { mode: ['observe', '--mode'] });
  t.deepEqual(settings({}, { RABBIT_SNARE_LOG_LEVEL: 'none' }), { 'log.level': ['none', 'RABBIT_SNARE_LOG_LEVEL'] });
});

test('an empty variable is ignored, an empty flag is an invalid value', (t) => {
  t.deepEqual(settings({}, { RABBIT_SNARE_MODE: '', RABBIT_SNARE_CONFIG: '' }), {});
  t.throws(() => readGiven({ mode: '' }, {}), { message: '--mode must be one of guard, observe, not ""' });
  t.throws(() => readGiven({ config: '' }, {}), { message: '--config must be the path of a file, not ""' });
});

test('the config file comes from its flag or its variable', (t) => {
  t.is(readGiven({ config: 'a' }, { RABBIT_SNARE_CONFIG: 'b' }).file, 'a');
  t.is(readGiven({}, { RABBIT_SNARE_CONFIG: 'b' }).file, 'b');
  t.is(readGiven({}, {}).file, null);
});

test('an invalid value is reported with the name of the flag or the variable', (t) => {
  const rule = 'must be a duration with a unit, such as 250ms, 10s or 2m, not "soon"';
  t.throws(() => readGiven({ 'handshake-timeout': 'soon' }, {}), { message: `--handshake-timeout ${rule}` });
  t.throws(() => readGiven({}, { RABBIT_SNARE_HANDSHAKE_TIMEOUT: 'soon' }), {
    message: `RABBIT_SNARE_HANDSHAKE_TIMEOUT ${rule}`,
  });
});

test('a flag given twice is an error that names the flag', (t) => {
  t.throws(() => readGiven({ listen: ['a:1', 'a:1'] }, {}), { message: '--listen must be given once, not 2 times' });
  t.throws(() => readGiven({ config: ['a', 'b'] }, {}), { message: '--config must be given once, not 2 times' });
});

test('a flag that yargs has negated is rejected', (t) => {
  t.throws(() => readGiven({ control: false }, {}), { message: '--control must have a value, not false' });
});

test('keys without a flag and other arguments are ignored', (t) => {
  t.deepEqual(
    settings({ name: 'x', enabled: 'no', _: [], $0: 'x', handshakeTimeout: '1' }, { RABBIT_SNARE_NAME: 'x' }),
    {},
  );
});
