import test from 'ava';
import { toHex } from '../../lib/amqp/header.js';
import { clientHello } from '../../lib/probe/client-hello.js';

test('the ClientHello begins with the octets that RabbitMQ logs, and is one complete record', (t) => {
  const octets = clientHello();
  t.is(toHex(octets.subarray(0, 8)), '1603010200010001');
  t.is(octets.length, 5 + 0x0200);
  t.is(toHex(octets.subarray(5, 11)), '010001fc0303');
});
