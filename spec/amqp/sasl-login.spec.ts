import test from 'ava';
import fc from 'fast-check';
import { encodeFieldTable } from '../../lib/amqp/field-table.js';
import { fieldTable, type Plain } from '../../lib/amqp/plain-field.js';
import { loginOf } from '../../lib/amqp/sasl-login.js';
import { hex, plain } from '../support/bytes.js';

const amqplain = (fields: Readonly<Record<string, Plain>>) => encodeFieldTable(fieldTable(fields)).subarray(4);

test('the user of PLAIN is the text between the two NULs, even if it is empty or not ASCII', (t) => {
  for (const user of ['guest', 'zoë', '', 'a b', '\ufeffbom']) t.is(loginOf('PLAIN', plain(user, 'secret')), user);
});

test('the user of AMQPLAIN is LOGIN, at any position', (t) => {
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
  test(`PLAIN with ${JSON.stringify(response)} has no user, because RabbitMQ considers it malformed`, (t) => {
    t.is(loginOf('PLAIN', Buffer.from(response)), null);
  });
}

for (const [what, response] of [
  ['no LOGIN', amqplain({ PASSWORD: 'secret' })],
  ['a LOGIN that is not text', amqplain({ LOGIN: 7 })],
  ['a truncated table', amqplain({ LOGIN: 'guest' }).subarray(0, -1)],
  ['no table at all', hex('ff 00')],
] as const) {
  test(`AMQPLAIN with ${what} has no user`, (t) => t.is(loginOf('AMQPLAIN', response), null));
}

test('a mechanism without a user name has no user', (t) => {
  for (const mechanism of ['EXTERNAL', 'ANONYMOUS', 'plain', '']) t.is(loginOf(mechanism, plain('u', 'p')), null);
});

test('reading a login never throws, and never returns the password', (t) => {
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
