import test from 'ava';
import {
  clientOf,
  decodePerformative,
  errorOf,
  mechanismsOf,
  PERFORMATIVE,
  saslInitOf,
  serverOf,
} from '../../lib/amqp/amqp10-performative.js';
import { close10, open10, saslInit } from '../support/amqp10.js';
import { ascii, hex, plain } from '../support/bytes.js';

/** The fields of the performative in a frame with an 8-octet header. */
const fieldsIn = (frame: Uint8Array) => decodePerformative(frame.subarray(8))?.fields ?? [];

test('a performative is identified by its code', (t) => {
  t.is(decodePerformative(open10('h', 'app', '1').subarray(8))?.code, PERFORMATIVE.open);
  t.is(decodePerformative(close10().subarray(8))?.code, PERFORMATIVE.close);
});

test('octets that are not a performative are not decoded', (t) => {
  for (const octets of [hex(''), hex('40'), hex('00 53 10'), ascii('garbage')])
    t.is(decodePerformative(octets), undefined);
});

test('an open describes its sender', (t) => {
  const client = clientOf(fieldsIn(open10('vhost:orders', 'app', '1.2')));
  t.like(client, { product: 'app', version: '1.2', connectionName: 'container', vhost: 'orders' });
  t.is(clientOf(fieldsIn(open10('rabbit.example', 'app', '1.2'))).vhost, '/');
  t.deepEqual(serverOf(fieldsIn(open10('', 'RabbitMQ', '4.3.6'))), {
    serverProduct: 'RabbitMQ',
    serverVersion: '4.3.6',
  });
  t.deepEqual(serverOf([]), { serverProduct: null, serverVersion: null });
});

test('a sasl-init names the mechanism and the user, but not the password', (t) => {
  t.deepEqual(saslInitOf(fieldsIn(saslInit('PLAIN', plain('app', 'hunter2')))), { mechanism: 'PLAIN', user: 'app' });
  t.deepEqual(saslInitOf([]), { mechanism: null, user: null });
});

test('mechanisms are a list even if there is only one', (t) => {
  t.deepEqual(mechanismsOf(['PLAIN']), ['PLAIN']);
  t.deepEqual(mechanismsOf([['PLAIN', 'ANONYMOUS']]), ['PLAIN', 'ANONYMOUS']);
  t.deepEqual(mechanismsOf([]), [null]);
});

test('a close without an error has no condition', (t) => {
  t.deepEqual(errorOf([]), { condition: null, description: '' });
  t.deepEqual(errorOf([{ descriptor: 0x1d, value: ['amqp:not-found', 'gone'] }]), {
    condition: 'amqp:not-found',
    description: 'gone',
  });
});
