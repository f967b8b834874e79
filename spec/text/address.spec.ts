import test from 'ava';
import fc from 'fast-check';
import { formatAddress, isLoopback, parseAddress } from '../../lib/text/address.js';

for (const [text, host, port] of [
  ['127.0.0.1:5673', '127.0.0.1', 5673],
  ['[::1]:5673', '::1', 5673],
  ['localhost:5672', 'localhost', 5672],
  ['rabbit_mq.default.svc:0', 'rabbit_mq.default.svc', 0],
] as const) {
  test(`${text} is parsed and formatted back`, (t) => {
    t.deepEqual(parseAddress(text), { host, port });
    t.is(formatAddress({ host, port }), text);
  });
}

for (const text of [
  '',
  'localhost',
  ':5672',
  '5672',
  '::1:5672',
  '[localhost]:1',
  '[::1]',
  'a b:1',
  '1.2.3:5672',
  '256.0.0.1:1',
  'a:-1',
  'a:1e3',
  'amqp://a:5672',
  'a:5672/',
]) {
  test(`"${text}" is not an address`, (t) => {
    t.throws(() => parseAddress(text), {
      code: 'ERR_CONFIG',
      message: `must be HOST:PORT, such as 127.0.0.1:5673 or [::1]:5673, not "${text}"`,
    });
  });
}

test('only a listener on a loopback address is limited to this machine', (t) => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ]) {
    t.true(isLoopback(host), host);
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', 'snare', 'localhost.example']) {
    t.false(isLoopback(host), host);
  }
});

test('a port is at most 65535, and 0 is for listening only', (t) => {
  t.is(parseAddress('a:65535').port, 65535);
  t.throws(() => parseAddress('a:65536'), { message: 'must have a port from 0 to 65535, not "a:65536"' });
  t.throws(() => parseAddress('a:0', 1), { message: 'must have a port from 1 to 65535, not "a:0"' });
});

test('any IP address survives formatting and parsing', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(65535), (host, port) => {
      t.deepEqual(parseAddress(formatAddress({ host, port })), { host, port });
    }),
  );
});
