import test from 'ava';
import fc from 'fast-check';
import { encodeFieldTable } from '../../lib/amqp/field-table.js';
import { fieldTable, type Plain } from '../../lib/amqp/plain-field.js';
import { loginOf } from '../../lib/amqp/sasl-login.js';
import { hex, plain } from '../support/bytes.js';

const amqplain = (fields: Readonly<Record<string, Plain>>) => encodeFieldTable(fieldTable(fields)).subarray(4);

test('PLAIN names the user between its two NULs, also one that is not ASCII, and an empty one', (t) => {
  for (const user of ['guest', 'zoë', '', 'a b', '\ufeffbom']) t.is(loginOf('PLAIN', plain(user, 'secret')), user);
});

test('AMQPLAIN names LOGIN, wherever it stands', (t) => {
  t.is(loginOf('AMQPLAIN', amqplain({ LOGIN: 'guest', PASSWORD: 'secret' })), 'guest');
  t.is(loginOf('AMQPLAIN', amqplain({ PASSWORD: 'secret', LOGIN: 'zoë' })), 'zoë');
});

for (const response of [
  '',
  'guest',
  'guestguest',
  '\0guest',
  'guest\0secret',
  'guest\0secret\0',
  '\0guest\0sec\0ret',
  '\0\0guest\0secret',
]) {
  test(`PLAIN with ${JSON.stringify(response)} names nobody, because RabbitMQ takes it for malformed`, (t) => {
    t.is(loginOf('PLAIN', Buffer.from(response)), null);
  });
}

for (const [what, response] of [
  ['no LOGIN', amqplain({ PASSWORD: 'secret' })],
  ['a LOGIN that is no text', amqplain({ LOGIN: 7 })],
  ['a table that is cut', amqplain({ LOGIN: 'guest' }).subarray(0, -1)],
  ['no table at all', hex('ff 00')],
] as const) {
  test(`AMQPLAIN with ${what} names nobody`, (t) => t.is(loginOf('AMQPLAIN', response), null));
}

test('a mechanism that carries no user names nobody', (t) => {
  for (const mechanism of ['EXTERNAL', 'ANONYMOUS', 'plain', '']) t.is(loginOf(mechanism, plain('u', 'p')), null);
});

test('no response makes it throw, and none names the password', (t) => {
  const mechanism = fc.constantFrom('PLAIN', 'AMQPLAIN', 'EXTERNAL');
  const part = fc.constantFrom('', '\0', 'user', 'pass', 'LOGIN', 'S', '\0\0\0\x04');
  fc.assert(
    fc.property(mechanism, fc.array(part, { maxLength: 6 }), fc.uint8Array({ maxLength: 8 }), (name, parts, more) => {
      t.notThrows(() => loginOf(name, Buffer.concat([Buffer.from(parts.join('')), more])));
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (user, password) => {
      const named = loginOf('PLAIN', plain(user, password));
      t.true(named === null || named === user);
    }),
  );
});
