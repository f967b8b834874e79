import { version } from '../version.js';
import { encodeMethodFrame } from './connection-methods.js';
import type { FieldTable } from './field-table.js';
import { isAmqp10, protocolHeader, type Quad } from './header.js';

/** Identifies the stand-in, so that it is not taken for a broker. */
export const STAND_IN_PROPERTIES: FieldTable = new Map([
  ['product', { type: 'S', value: 'rabbit-snare stand-in' }],
  ['version', { type: 'S', value: version }],
  ['information', { type: 'S', value: 'Not a broker: it knows the handshake only. Give rabbit-snare an upstream.' }],
  ['capabilities', { type: 'F', value: new Map([['authentication_failure_close', { type: 't', value: true }]]) }],
]);

/** A frame with the SASL mechanisms PLAIN and AMQPLAIN, which every version of RabbitMQ offers: a list of one array of symbols. */
const SASL_MECHANISMS = [
  ...[0, 0, 0, 0x27, 2, 1, 0, 0],
  ...[0, 0x53, 0x40, 0xc0, 0x1a, 1, 0xe0, 0x17, 2, 0xb3],
  ...symbol('PLAIN'),
  ...symbol('AMQPLAIN'),
];

/** Connection.Start of AMQP 0-9-1 or 0-8, with the version that the header requested. */
export function startFor(quad: Quad, serverProperties: FieldTable): Uint8Array {
  const [versionMajor, versionMinor] = isZeroEight(quad) ? [8, 0] : [0, 9];
  return encodeMethodFrame({
    name: 'connection.start',
    versionMajor,
    versionMinor,
    serverProperties,
    mechanisms: 'PLAIN AMQPLAIN',
    locales: 'en_US',
  });
}

/** What a broker sends after a good protocol header, as far as that is possible without a broker. */
export function standInStart(quad: Quad): Uint8Array {
  if (!isAmqp10(quad)) return startFor(quad, STAND_IN_PROPERTIES);
  const header = protocolHeader(...quad);
  return quad[0] === 3 ? Uint8Array.from([...header, ...SASL_MECHANISMS]) : header;
}

/** Matches both headers of 0-8: the one in its specification, and the one on the old AMQP website. */
const isZeroEight = ([first, , third]: Quad): boolean => first === 1 && third !== 0;

/** An AMQP 1.0 symbol in an array. */
function symbol(text: string): number[] {
  return [0, 0, 0, text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
}
