import test from 'ava';
import { parseArguments } from './arguments.js';

test('brokers, logs and numbers keep their values', async (t) => {
  const args = await parseArguments([
    ...['--versions', '3.10=127.0.0.1:5801,4.0=[::1]:5802', '--log', '3.10=/var/log/a.log', '--log', '4.0=b=c.log'],
    ...['--scripts', '10', '--seed', '7', '--handshake-timeout', '1s', '--together', '5'],
    ...['--families', 'header,start-ok', '--tls', '4.0=[::1]:5803', '--pid', '3.10=1234', '--first', '3'],
  ]);
  t.deepEqual(args, {
    brokers: [
      { version: '3.10', host: '127.0.0.1', port: 5801, logPath: '/var/log/a.log', tls: undefined, pid: 1234 },
      { version: '4.0', host: '::1', port: 5802, logPath: 'b=c.log', tls: { host: '::1', port: 5803 }, pid: undefined },
    ],
    families: ['header', 'start-ok'],
    scripts: 10,
    first: 3,
    seed: 7,
    handshakeTimeout: 1000,
    together: 5,
    reasons: 'all',
    close: 'rst',
    proxy: { amqp10: 'auto' },
  });
});

test('each run picks a seed if none is given; a log is optional', async (t) => {
  const parsed = await Promise.all([1, 2, 3].map(() => parseArguments(['--versions', '4.0=localhost:5672'])));
  t.true(new Set(parsed.map((args) => args?.seed)).size > 1);
  t.like(parsed[0], {
    scripts: 2000,
    families: ['header'],
    handshakeTimeout: 10_000,
    brokers: [{ version: '4.0', logPath: undefined }],
  });
});

const GOOD = ['--versions', '4.0=localhost:5672'];
const mistakes: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['no brokers', [], /--versions is missing.*4\.0=broker\.example:5672/],
  [
    'versions without addresses',
    ['--versions', '3.8,3.10,4.0,4.3'],
    /the address of broker 3\.8 is missing; pass 3\.8=HOST:PORT/,
  ],
  ['an address without a version', ['--versions', '127.0.0.1:5672'], /"127\.0\.0\.1:5672" is not a RabbitMQ version/],
  ['an address without a port', ['--versions', '4.0=localhost'], /4\.0 must be HOST:PORT.*localhost/],
  ['a version twice', ['--versions', '4.0=a:1,4.0=b:2'], /4\.0 is listed twice/],
  ['a log of an unknown broker', [...GOOD, '--log', '3.8=a.log'], /--log: 3\.8 is not among the --versions 4\.0/],
  ['a log without a version', [...GOOD, '--log', 'a.log'], /--log must be VERSION=FILE.*a\.log/],
  ['a TLS port of an unknown broker', [...GOOD, '--tls', '3.8=a:1'], /--tls: 3\.8 is not among the --versions 4\.0/],
  ['a TLS port without an address', [...GOOD, '--tls', '4.0'], /--tls must be VERSION=HOST:PORT.*4\.0/],
  ['a process ID that is not a number', [...GOOD, '--pid', '4.0=beam'], /--pid must be a whole number from 1.*beam/],
  ['an unknown family', [...GOOD, '--families', 'header,http'], /--families: "http" is not a family.*start-ok/],
  ['an invalid number', [...GOOD, '--scripts', 'many'], /--scripts must be a whole number.*many/],
  ['a negative seed', [...GOOD, '--seed=-1'], /--seed must be a whole number.*-1/],
  ['zero scripts at a time', [...GOOD, '--together', '0'], /--together must be a whole number from 1/],
  ['a duration without a unit', [...GOOD, '--handshake-timeout', '10'], /--handshake-timeout must be a duration.*10/],
  ['a flag that does not exist', [...GOOD, '--script', '1'], /script/],
];

for (const [what, args, says] of mistakes) {
  test(`the error for ${what} explains what to pass`, async (t) => {
    await t.throwsAsync(parseArguments(args), { name: 'CommandError', message: says });
  });
}
