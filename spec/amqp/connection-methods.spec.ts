import test from 'ava';
import fc from 'fast-check';
import {
  CLOSE_OK,
  type ConnectionMethod,
  decodeInPlace,
  decodeMethod,
  encodeMethod,
  encodeMethodFrame,
} from '../../lib/amqp/connection-methods.js';
import { textOf } from '../../lib/amqp/field-table.js';
import { toHex } from '../../lib/amqp/header.js';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { fixture } from '../support/fixture.js';
import { randomFieldTable } from '../support/random-field.js';

const start = fixture('connection-start-3.10.8');
const startPayload = start.subarray(7, -1);

test("a real broker's Connection.Start is read", (t) => {
  const method = decodeMethod(startPayload);
  if (method.name !== 'connection.start') return t.fail(method.name);
  const { serverProperties, ...others } = method;
  t.deepEqual(others, {
    name: 'connection.start',
    versionMajor: 0,
    versionMinor: 9,
    mechanisms: 'PLAIN AMQPLAIN',
    locales: 'en_US',
  });
  t.is(textOf(serverProperties, 'product'), 'RabbitMQ');
  t.is(textOf(serverProperties, 'version'), '3.10.8');
  const capabilities = serverProperties.get('capabilities');
  t.deepEqual(capabilities?.type === 'F' && capabilities.value.get('authentication_failure_close'), {
    type: 't',
    value: true,
  });
});

test("a real broker's Connection.Start is encoded to the same octets", (t) => {
  t.is(toHex(encodeMethodFrame(decodeMethod(startPayload) as ConnectionMethod)), toHex(start));
});

test('a truncated Connection.Start of a real broker is malformed, wherever it is cut', (t) => {
  for (let at = 0; at < startPayload.length; at++) {
    t.throws(() => decodeMethod(startPayload.subarray(0, at)), { instanceOf: MalformedError }, `cut at ${at}`);
  }
});

/** Octets from RabbitMQ's source, its documentation and captures. */
const wire: readonly (readonly [hex: string, method: ConnectionMethod])[] = [
  ['000a001e07ff00020000003c', { name: 'connection.tune', channelMax: 2047, frameMax: 131072, heartbeat: 60 }],
  ['000a001f00000000100000ff', { name: 'connection.tune-ok', channelMax: 0, frameMax: 4096, heartbeat: 255 }],
  ['000a0028012f0000', { name: 'connection.open', virtualHost: '/' }],
  ['000a002900', { name: 'connection.open-ok' }],
  [
    '000a0032014003466f6f000a0028',
    { name: 'connection.close', replyCode: 320, replyText: 'Foo', classId: 10, methodId: 40 },
  ],
  ['000a0033', { name: 'connection.close-ok' }],
  ['000a003c0d6c6f77206f6e206d656d6f7279', { name: 'connection.blocked', reason: 'low on memory' }],
  ['000a003d', { name: 'connection.unblocked' }],
  ['000a001400000001ff', { name: 'connection.secure', challenge: Uint8Array.of(255) }],
  ['000a001500000001ff', { name: 'connection.secure-ok', response: Uint8Array.of(255) }],
  [
    '000a000b0000000005504c41494e0000000400610062' + '05656e5f5553',
    {
      name: 'connection.start-ok',
      clientProperties: new Map(),
      mechanism: 'PLAIN',
      response: Uint8Array.of(0, 0x61, 0, 0x62),
      locale: 'en_US',
    },
  ],
  ['000a0046000000016101' + '62', { name: 'connection.update-secret', newSecret: Uint8Array.of(0x61), reason: 'b' }],
  ['000a0047', { name: 'connection.update-secret-ok' }],
];

for (const [hex, method] of wire) {
  test(`${method.name} is read and written`, (t) => {
    t.deepEqual(decodeMethod(Buffer.from(hex, 'hex')), method);
    t.is(toHex(encodeMethod(method)), hex);
  });

  test(`${method.name} that is truncated, or has an extra octet, is malformed`, (t) => {
    const payload = Buffer.from(`${hex}00`, 'hex');
    t.throws(() => decodeMethod(payload), { instanceOf: MalformedError });
    for (let at = 0; at < payload.length - 1; at++) {
      t.throws(() => decodeMethod(payload.subarray(0, at)), { instanceOf: MalformedError });
    }
  });
}

test('the octets of Close-Ok are those that RabbitMQ sends', (t) => {
  t.is(toHex(CLOSE_OK), '010000000000' + '04000a0033ce');
});

test('a method of another or unknown class is returned with its ids and not decoded', (t) => {
  t.deepEqual(decodeMethod(Buffer.from('0014000a00', 'hex')), { name: 'unknown', classId: 20, methodId: 10 });
  t.deepEqual(decodeMethod(Buffer.from('00630063', 'hex')), { name: 'unknown', classId: 99, methodId: 99 });
  t.deepEqual(decodeMethod(Buffer.from('000a0063', 'hex')), { name: 'unknown', classId: 10, methodId: 99 });
});

test('decoded values are not changed when the buffer is reused', (t) => {
  const payload = Buffer.from('000a001500000001ff', 'hex');
  const method = decodeMethod(payload);
  payload.fill(0);
  t.deepEqual(method, { name: 'connection.secure-ok', response: Uint8Array.of(255) });
});

test('text that is too long, or a number that is too large, is a RangeError', (t) => {
  t.throws(() => encodeMethod({ name: 'connection.open', virtualHost: 'x'.repeat(256) }), { instanceOf: RangeError });
  const tune = { name: 'connection.tune', channelMax: 65536, frameMax: 0, heartbeat: 0 } as const;
  t.throws(() => encodeMethod(tune), { instanceOf: RangeError });
});

const anyMethod = (): fc.Arbitrary<ConnectionMethod> => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const octets = fc.uint8Array({ maxLength: 20 });
  const short = fc.integer({ min: 0, max: 0xffff });
  const octet = fc.integer({ min: 0, max: 0xff });
  const long = fc.integer({ min: 0, max: 0xffff_ffff });
  const tuning = { channelMax: short, frameMax: long, heartbeat: short };
  return fc.oneof(
    fc.record({
      name: fc.constant('connection.start' as const),
      versionMajor: octet,
      versionMinor: octet,
      serverProperties: randomFieldTable,
      mechanisms: text,
      locales: text,
    }),
    fc.record({
      name: fc.constant('connection.start-ok' as const),
      clientProperties: randomFieldTable,
      mechanism: text,
      response: octets,
      locale: text,
    }),
    fc.record({ name: fc.constant('connection.tune' as const), ...tuning }),
    fc.record({ name: fc.constant('connection.tune-ok' as const), ...tuning }),
    fc.record({
      name: fc.constant('connection.close' as const),
      replyCode: short,
      replyText: text,
      classId: short,
      methodId: short,
    }),
  );
};

test('every method is the same after encoding and decoding', (t) => {
  t.notThrows(() =>
    fc.assert(fc.property(anyMethod(), (method) => t.deepEqual(decodeMethod(encodeMethod(method)), method))),
  );
});

/** A method without its tables, in which single fields are looked up; null if it is malformed. */
function without(decode: () => object): object | null {
  try {
    return { ...decode(), serverProperties: null, clientProperties: null };
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

test('a method that is decoded in place has the same values, and is malformed exactly if it is otherwise', (t) => {
  const damaged = fc.tuple(anyMethod(), fc.nat(), fc.nat(255), fc.boolean()).map(([method, at, octet, isCut]) => {
    const payload = encodeMethod(method);
    payload[at % payload.length] = octet;
    return isCut ? payload.subarray(0, at % (payload.length + 1)) : payload;
  });
  fc.assert(
    fc.property(fc.oneof(anyMethod().map(encodeMethod), damaged), (payload) => {
      const inPlace = without(() => decodeInPlace(payload));
      t.deepEqual(
        inPlace,
        without(() => decodeMethod(payload)),
      );
    }),
    { numRuns: 1000 },
  );
});

test('decoding throws only MalformedError', (t) => {
  const decode = (payload: Uint8Array) => {
    try {
      decodeMethod(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  };
  const ids = wire.map(([hex]) => Buffer.from(hex, 'hex').subarray(0, 4));
  const known = fc
    .tuple(fc.constantFrom(...ids, startPayload.subarray(0, 4)), fc.uint8Array())
    .map(([id, fields]) => Buffer.concat([id, fields]));
  const damaged = fc.tuple(fc.nat(startPayload.length - 1), fc.nat(255)).map(([at, octet]) => {
    const payload = Uint8Array.from(startPayload);
    payload[at] = octet;
    return payload;
  });
  t.notThrows(() => fc.assert(fc.property(fc.oneof(fc.uint8Array(), known, damaged), decode), { numRuns: 3000 }));
});
