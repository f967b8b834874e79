import test from 'ava';
import fc from 'fast-check';
import { printBinary } from '../../lib/amqp/erlang.js';
import { prettyPrint } from '../../lib/amqp/erlang-pretty.js';
import { octetsOf, unwrap } from '../../lib/explain/erlang-text.js';

test('the octets of a binary are those that were printed, with either format letter', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.constantFrom('~p' as const, '~tp' as const), (octets, letter) => {
      t.deepEqual(octetsOf(printBinary(octets, letter)), octets);
    }),
  );
});

test('a wrapped binary has the same octets', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 60 }), (octets) => {
      t.deepEqual(octetsOf(unwrap(prettyPrint(octets, { letter: '~p', width: 40 }))), octets);
    }),
  );
});

test('escapes, octal and cut-off binaries are read', (t) => {
  t.deepEqual(octetsOf(String.raw`<<"\r\n\r\n\0\r\nQ">>`), Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81));
  t.deepEqual(octetsOf(String.raw`<<"\e\d\s\"\\">>`), Uint8Array.of(27, 127, 32, 34, 92));
  t.deepEqual(octetsOf('<<22,3,1'), Uint8Array.of(22, 3, 1));
  t.is(octetsOf('<<300>>'), null);
  t.is(octetsOf('detected_tls'), null);
});

test('a term is unwrapped, and its strings keep their blanks', (t) => {
  t.is(
    unwrap('{handshake_error,starting,0,\n    {amqp_error,x,"a b",\n  none}}'),
    '{handshake_error,starting,0,{amqp_error,x,"a b",none}}',
  );
  t.is(unwrap(String.raw`{a,"b,\n      c"}`), '{a,"b, c"}');
  t.is(unwrap('some   words\nmore'), 'some words more');
});
