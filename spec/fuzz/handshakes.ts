import { encodeFieldTable, type Field, type FieldTable } from '../../lib/amqp/field-table.js';
import { encodeFrame, FRAME_TYPE } from '../../lib/amqp/frame.js';
import { OctetWriter } from '../../lib/amqp/octet-writer.js';
import type { Random } from '../conformance/random.js';
import {
  AMQP,
  AMQP_HEADER,
  begin10,
  close10,
  described,
  frame10,
  list,
  open10,
  SASL,
  SASL_HEADER,
  saslInit,
  saslOutcome,
  string,
  symbol,
} from '../support/amqp10.js';
import { ascii, broker, CLOSE_OK, client, concat, frame, HEARTBEAT, plain, protocolHeader } from '../support/bytes.js';

/** A password that must be in no output. */
export const SECRET = 'fuzz S3CRET pw';

/** The messages of both sides of a connection, in order. */
export interface Talk {
  readonly client: readonly Uint8Array[];
  readonly broker: readonly Uint8Array[];
}

const method = (classId: number, methodId: number, args: Uint8Array = new Uint8Array(), channel = 0): Uint8Array =>
  encodeFrame(FRAME_TYPE.method, channel, concat(Uint8Array.of(0, classId, 0, methodId), args));

const CHANNEL_OPEN = method(20, 10, Uint8Array.of(0), 1);
const CHANNEL_OPEN_OK = method(20, 11, Uint8Array.of(0, 0, 0, 0), 1);
const publish = (size: number): Uint8Array =>
  concat(
    method(60, 40, concat(Uint8Array.of(0, 0, 0, 1), ascii('q'), Uint8Array.of(0)), 1),
    encodeFrame(FRAME_TYPE.header, 1, concat(Uint8Array.of(0, 60, 0, 0), number(8, size), Uint8Array.of(0, 0))),
    encodeFrame(FRAME_TYPE.body, 1, new Uint8Array(size).fill(0x62)),
  );

/** A table that contains itself this many times. */
export function nested(depth: number, kind: 'F' | 'A'): Uint8Array {
  const start = ascii(kind === 'F' ? '\x01kF' : 'A');
  let content: Uint8Array = new Uint8Array();
  for (let at = 0; at < depth; at++) content = concat(start, number(4, content.length), content);
  return kind === 'F' ? content : concat(ascii('\x01kA'), number(4, content.length), content);
}

/** A Start, or a Start-Ok, whose table has these octets as its content. */
const startWith = (content: Uint8Array): Uint8Array =>
  method(10, 10, concat(Uint8Array.of(0, 9), sized(content), sized(ascii('PLAIN')), sized(ascii('en_US'))));
const startOkWith = (content: Uint8Array): Uint8Array =>
  method(
    10,
    11,
    concat(
      sized(content),
      Uint8Array.of(5),
      ascii('PLAIN'),
      sized(plain('guest', SECRET)),
      Uint8Array.of(5),
      ascii('en_US'),
    ),
  );

/** A frame that claims to be larger than it is. */
const claiming = (type: number, size: number, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(type, 0, 0), number(4, size), content);

/** What a broker must not send, or not then. */
export function malicious(random: Random): Uint8Array {
  const tune = (channelMax: number, frameMax: number, heartbeat: number) =>
    frame({ name: 'connection.tune', channelMax, frameMax, heartbeat });
  return random.pick<() => Uint8Array>([
    () => startWith(nested(random.pick([31, 32, 33, 100, 2_000]), random.pick(['F', 'A']))),
    () => startWith(randomTable(random).subarray(4)),
    () => startWith(concat(ascii('\x01kS'), number(4, random.pick([1, 2 ** 31, 2 ** 32 - 1])))),
    () =>
      tune(random.pick([0, 1, 65_535]), random.pick([0, 1, 8, 4_095, 4_096, 2 ** 32 - 1]), random.pick([0, 1, 65_535])),
    () =>
      frame({
        name: 'connection.close',
        replyCode: random.pick([0, 200, 320, 403, 65_535]),
        replyText: random.pick(['', 'CONNECTION_FORCED - x', '\x1b[31m\u202e']),
        classId: 10,
        methodId: 10,
      }),
    () => frame({ name: 'connection.secure', challenge: random.octets(random.between(0, 40)) }),
    // Redirect of AMQP 0-8.
    () => method(10, 50, concat(Uint8Array.of(9), ascii('other:672'), Uint8Array.of(0))),
    () => frame({ name: 'connection.blocked', reason: 'low on memory' }),
    () => frame({ name: 'connection.update-secret', newSecret: ascii(SECRET), reason: 'x' }),
    () => frame({ name: 'connection.open-ok' }),
    () => CLOSE_OK,
    () =>
      claiming(random.pick([0, 1, 2, 3, 8, 65, 255]), random.pick([2 ** 31, 2 ** 32 - 1, 131_073]), random.octets(20)),
    () =>
      frame10(random.pick([AMQP, SASL, 2]), random.octets(random.between(0, 20)), {
        size: random.pick([0, 7, 8, 513, 2 ** 31, 2 ** 32 - 1]),
        dataOffset: random.pick([0, 1, 2, 255]),
      }),
    () => random.octets(random.between(1, 60)),
    () => protocolHeader(0, 0, 9, 1),
    () =>
      method(
        random.between(0, 255),
        random.between(0, 255),
        random.octets(random.between(0, 30)),
        random.between(0, 2),
      ),
  ])();
}

/** A correct conversation of one of the protocols. */
export function talk(random: Random): Talk {
  return random.pick([
    () => talk091(random, protocolHeader(0, 0, 9, 1)),
    () => talk091(random, protocolHeader(1, 1, 8, 0)),
    () => talk091(random, protocolHeader(1, 1, 0, 9)),
    talk10,
  ])();
}

function talk091(random: Random, header: Uint8Array): Talk {
  const login = random.pick([
    () => client.startOk({ response: plain('guest', SECRET) }),
    () => client.startOk({ mechanism: 'AMQPLAIN', response: amqplain() }),
    () => startOkWith(nested(random.pick([1, 31, 32, 33]), 'F')),
    () => startOkWith(randomTable(random).subarray(4)),
    () =>
      client.startOk({
        response: plain('guest', SECRET),
        properties: { product: 'x'.repeat(random.pick([0, 255, 5_000])) },
      }),
  ])();
  return {
    client: [
      header,
      login,
      client.tuneOk(),
      client.open(random.pick(['/', '', 'a'.repeat(255)])),
      CHANNEL_OPEN,
      publish(random.pick([0, 1, 4_000])),
      HEARTBEAT,
      client.close(),
    ],
    broker: [broker.start(), broker.tune(), broker.openOk(), CHANNEL_OPEN_OK, HEARTBEAT, CLOSE_OK],
  };
}

function talk10(): Talk {
  const mechanisms = frame10(SASL, described(0x40, list(symbol('PLAIN'))));
  return {
    client: [
      SASL_HEADER,
      saslInit('PLAIN', plain('guest', SECRET)),
      AMQP_HEADER,
      open10('vhost:/', 'app', '1'),
      begin10(),
      close10(),
    ],
    broker: [
      SASL_HEADER,
      mechanisms,
      saslOutcome(0),
      AMQP_HEADER,
      open10('', 'RabbitMQ', '4.0.5'),
      close10('amqp:connection:forced', 'x'),
    ],
  };
}

/** A login with AMQPLAIN: a table without its size. */
const amqplain = (): Uint8Array =>
  encodeFieldTable(
    new Map<string, Field>([
      ['LOGIN', { type: 'S', value: 'guest' }],
      ['PASSWORD', { type: 'S', value: SECRET }],
    ]),
  ).subarray(4);

/** An AMQP 1.0 value, nested this deep. */
export function nested10(depth: number): Uint8Array {
  let value: Uint8Array = string('x');
  for (let at = 0; at < depth; at++)
    value =
      value.length < 250 ? list(value) : concat(Uint8Array.of(0xd0), number(4, value.length + 4), number(4, 1), value);
  return value;
}

const TYPES = ['t', 'b', 'B', 's', 'u', 'I', 'i', 'l', 'f', 'd', 'D', 'S', 'A', 'T', 'F', 'V', 'x'] as const;

/** An encoded field table with fields of every type. */
export function randomTable(random: Random, depth = 0): Uint8Array {
  return encodeFieldTable(tableOf(random, depth));
}

function tableOf(random: Random, depth: number): FieldTable {
  return new Map(
    Array.from({ length: random.between(0, 4) }, () => [`key${random.between(0, 9)}`, fieldOf(random, depth)]),
  );
}

function fieldOf(random: Random, depth: number): Field {
  const type = random.pick(TYPES);
  switch (type) {
    case 't':
      return { type, value: random.chance(0.5) };
    case 'V':
      return { type, value: null };
    case 'b':
    case 's':
    case 'I':
      return { type, value: random.pick([-1, 0, 127]) };
    case 'B':
    case 'u':
    case 'i':
      return { type, value: random.pick([0, 1, 255]) };
    case 'f':
    case 'd':
      return { type, value: random.pick([0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) };
    case 'l':
    case 'T':
      return { type, value: BigInt(random.between(0, 2 ** 31)) };
    case 'D':
      return { type, value: { scale: random.between(0, 255), unscaled: random.between(0, 2 ** 31) } };
    case 'S':
      return { type, value: random.pick(['', 'RabbitMQ', '\x1b[31m', '\u202e', '漢🐇', 'x'.repeat(300)]) };
    case 'x':
      return { type, value: random.octets(random.between(0, 20)) };
    case 'A':
      return {
        type,
        value: depth > 3 ? [] : Array.from({ length: random.between(0, 3) }, () => fieldOf(random, depth + 1)),
      };
    case 'F':
      return { type, value: depth > 3 ? new Map() : tableOf(random, depth + 1) };
    default:
      return type satisfies never;
  }
}

/** A ClientHello that asks for this host. */
export function helloFor(servername: Uint8Array, alpn: Uint8Array = new Uint8Array()): Uint8Array {
  const extension = (type: number, content: Uint8Array) => concat(number(2, type), number(2, content.length), content);
  const name = concat(Uint8Array.of(0), number(2, servername.length), servername);
  const extensions = concat(
    extension(0, concat(number(2, name.length), name)),
    ...(alpn.length === 0 ? [] : [extension(16, concat(number(2, alpn.length + 1), Uint8Array.of(alpn.length), alpn))]),
    extension(43, Uint8Array.of(4, 3, 4, 3, 3)),
  );
  const hello = concat(
    Uint8Array.of(3, 3),
    new Uint8Array(32).fill(7),
    Uint8Array.of(0),
    Uint8Array.of(0, 2, 0x13, 0x01),
    Uint8Array.of(1, 0),
    number(2, extensions.length),
    extensions,
  );
  const message = concat(Uint8Array.of(1), number(3, hello.length), hello);
  return concat(Uint8Array.of(0x16, 3, 1), number(2, message.length), message);
}

/** A big-endian number. */
export function number(width: number, value: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** (width - 1 - at)) % 256);
}

function sized(content: Uint8Array): Uint8Array {
  const writer = new OctetWriter();
  writer.longstr(content);
  return writer.octets();
}
