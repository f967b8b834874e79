import { type ConnectionMethod, decodeMethod, type UnknownMethod } from '../amqp/connection-methods.js';
import { FRAME_HEADER_LENGTH } from '../amqp/frame.js';
import { HEADER_LENGTH, quadOf, toText } from '../amqp/header.js';
import { MalformedError } from '../amqp/malformed-error.js';
import { methodFrameSize, saslSize } from './answer.js';

/** The maximum length of text, in octets; the rest is cut off. */
const SHOWN = 24;

/** Describes octets from a connection to an AMQP port in a few words; `-` if there are none. */
export function describeOctets(octets: Uint8Array): string {
  if (octets.length === 0) return '-';
  const quad = quadOf(octets);
  // A header that a person typed is shown as text.
  if (!quad || quad.every(isPrintable)) return describeMethod(octets) ?? describeText(octets);
  const header = `AMQP ${quad.join(' ')}`;
  const rest = octets.subarray(HEADER_LENGTH);
  if (rest.length === 0) return header;
  const isSasl = saslSize(rest) === octets.length;
  return `${header}, ${isSasl ? 'SASL frame' : 'then'} (${rest.length} bytes)`;
}

/** Describes the method in the server's first frame, and the size of the frame. */
function describeMethod(octets: Uint8Array): string | undefined {
  const size = methodFrameSize(octets);
  if (size === undefined || octets.length < size) return undefined;
  const method = tryDecode(octets.subarray(FRAME_HEADER_LENGTH, size - 1));
  if (!method || method.name === 'unknown') return undefined;
  const more = octets.length > size ? `, then ${octets.length - size} more` : '';
  return `${methodName(method)}${detail(method)} (${size} bytes${more})`;
}

function detail(method: ConnectionMethod): string {
  if (method.name === 'connection.start') return ` ${method.versionMajor}-${method.versionMinor}`;
  if (method.name === 'connection.close') return ` ${method.replyCode} ${method.replyText}`;
  return '';
}

/** `connection.start-ok` as the AMQP specification spells it: `Connection.Start-Ok`. */
function methodName({ name }: ConnectionMethod): string {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function tryDecode(payload: Uint8Array): ConnectionMethod | UnknownMethod | undefined {
  try {
    return decodeMethod(payload);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function describeText(octets: Uint8Array): string {
  const text = toText(octets.subarray(0, SHOWN));
  return octets.length > SHOWN ? `${text}… (${octets.length} bytes)` : text;
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet <= 0x7e;
}
