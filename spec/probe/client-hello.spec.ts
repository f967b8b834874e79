import test from 'ava';
import { toHex } from '../../lib/amqp/header.js';
import { clientHello } from '../../lib/probe/client-hello.js';

test('a ClientHello begins as RabbitMQ logs it, and is one whole record', (t) => {
  const octets = clientHello();
  t.is(toHex(octets.subarray(0, 8)), '1603010200010001');
  t.is(octets.length, 5 + 0x0200);
  t.is(toHex(octets.subarray(5, 11)), '010001fc0303');
});
