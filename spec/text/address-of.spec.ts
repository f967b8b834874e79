import test from 'ava';
import { addressOf, hostOf } from '../../lib/text/address-of.js';

test('hostOf returns the host that addressOf was given, without the prefix of an IPv4-mapped address', (t) => {
  for (const [host, expected] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['broker.example', 'broker.example'],
  ] as const) {
    t.is(hostOf(addressOf(host, 5672) as string), expected);
  }
});
