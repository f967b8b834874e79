import { ascii, concat, hex, plain, protocolHeader } from './bytes.js';

/*
 * AMQP 1.0 bytes, written out by hand as the reference for the library.
 */

/** The protocol headers. */
export const SASL_HEADER = protocolHeader(3, 1, 0, 0);
export const AMQP_HEADER = protocolHeader(0, 1, 0, 0);

/** Frame types. */
export const [AMQP, SASL] = [0, 1] as const;

/** A frame; its size and data offset can be overridden with wrong values. */
export function frame10(
  type: number,
  body: Uint8Array,
  { channel = 0, dataOffset = 2, size = body.length + 8 } = {},
): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint32(0, size);
  view.setUint8(4, dataOffset);
  view.setUint8(5, type);
  view.setUint16(6, channel);
  return concat(header, body);
}

const sized = (code: number, octets: Uint8Array): Uint8Array => concat(Uint8Array.of(code, octets.length), octets);

/** Values. */
export const symbol = (text: string): Uint8Array => sized(0xa3, ascii(text));
export const string = (text: string): Uint8Array => sized(0xa1, Buffer.from(text));
export const binary = (octets: Uint8Array): Uint8Array => sized(0xa0, octets);
export const uint = (value: number): Uint8Array => {
  const octets = new Uint8Array(5);
  const view = new DataView(octets.buffer);
  view.setUint8(0, 0x70);
  view.setUint32(1, value);
  return octets;
};
export const NULL = hex('40');
export const list = (...values: readonly Uint8Array[]): Uint8Array => {
  const octets = concat(...values);
  return concat(Uint8Array.of(0xc0, octets.length + 1, values.length), octets);
};
export const map = (...values: readonly Uint8Array[]): Uint8Array => {
  const octets = list(...values);
  octets[0] = 0xc1;
  return octets;
};
export const described = (code: number, value: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0x00, 0x53, code), value);

export const saslInit = (mechanism = 'PLAIN', response = plain('guest', 'guest')): Uint8Array =>
  frame10(SASL, described(0x41, list(symbol(mechanism), binary(response))));
/** 0: accepted, 1: wrong credentials. */
export const saslOutcome = (code: number): Uint8Array =>
  frame10(SASL, described(0x44, list(Uint8Array.of(0x50, code))));
export const open10 = (hostname: string, product: string, version: string): Uint8Array => {
  const properties = map(symbol('product'), string(product), symbol('version'), string(version));
  const nulls = Array.from({ length: 5 }, () => NULL);
  const fields = [string('container'), string(hostname), uint(65_536), hex('60 00ff'), ...nulls, properties];
  return frame10(AMQP, described(0x10, list(...fields)));
};
export const close10 = (condition?: string, description = ''): Uint8Array => {
  const error = condition === undefined ? [] : [described(0x1d, list(symbol(condition), string(description)))];
  return frame10(AMQP, described(0x18, list(...error)));
};
/** `begin` of a session; its content does not matter here. */
export const begin10 = (): Uint8Array => frame10(AMQP, described(0x11, list(NULL, uint(0))));
