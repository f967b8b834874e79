import { type ConnectionMethod, encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { fieldTable, type Plain } from '../../lib/amqp/plain-field.js';

export { clientHello } from '../../lib/probe/client-hello.js';

/** Text as bytes, one for each character. */
export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Bytes from hex digits; blanks are ignored. */
export const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** `AMQP` and a version quad, written out by hand as the reference for the library. */
export const protocolHeader = (...quad: readonly [number, number, number, number]): Uint8Array =>
  concat(ascii('AMQP'), Uint8Array.from(quad));

/** The farewells of 3.x and 4.x, in hex. */
export const A91 = '414d515000000901';
export const A31 = '414d515003010000';

export const httpGet = (path: string): Uint8Array => ascii(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);

export const proxyV1 = (): Uint8Array => ascii('PROXY TCP4 127.0.0.1 127.0.0.1 40000 5672\r\n');

export const CLOSE_OK = hex('01 0000 00000004 000a 0033 ce');
export const HEARTBEAT = hex('08 0000 00000000 ce');

/** The frame of a Connection method: `frame({ name: 'connection.open', virtualHost: '/' })`. */
export const frame = (method: ConnectionMethod): Uint8Array => encodeMethodFrame(method);

/** A PLAIN response: no authorization identity, a user, a password. */
export const plain = (user: string, password: string): Uint8Array => Buffer.from(`\0${user}\0${password}`);

/** What a broker sends while a connection is opened. */
export const broker = {
  start: (properties: Readonly<Record<string, Plain>> = { product: 'RabbitMQ', version: '3.10.8' }): Uint8Array =>
    frame({
      name: 'connection.start',
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: fieldTable(properties),
      mechanisms: 'PLAIN AMQPLAIN',
      locales: 'en_US',
    }),
  tune: (): Uint8Array => frame({ name: 'connection.tune', channelMax: 2047, frameMax: 131_072, heartbeat: 60 }),
  openOk: (): Uint8Array => frame({ name: 'connection.open-ok' }),
};

/** What a client sends while it opens a connection. */
export const client = {
  startOk: ({
    mechanism = 'PLAIN',
    response = plain('guest', 'guest'),
    properties = { product: 'app', version: '1.2', platform: 'test' } as Readonly<Record<string, Plain>>,
  } = {}): Uint8Array =>
    frame({
      name: 'connection.start-ok',
      clientProperties: fieldTable(properties),
      mechanism,
      response,
      locale: 'en_US',
    }),
  tuneOk: (): Uint8Array => frame({ name: 'connection.tune-ok', channelMax: 100, frameMax: 65_536, heartbeat: 30 }),
  open: (virtualHost = '/'): Uint8Array => frame({ name: 'connection.open', virtualHost }),
  close: (): Uint8Array =>
    frame({ name: 'connection.close', replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 }),
};

/** The bytes in two parts, once for each place where they can be split. */
export function splits(octets: Uint8Array): readonly (readonly [Uint8Array, Uint8Array])[] {
  return Array.from({ length: octets.length + 1 }, (_, at) => [octets.subarray(0, at), octets.subarray(at)] as const);
}
