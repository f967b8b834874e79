/**
 * The protocol header: the 8 octets with which a client opens an AMQP connection, `AMQP` and a version quad.
 *
 * @see AMQP 0-9-1, section 4.2.2; rabbit_reader.erl, `handle_input(handshake, _)`
 */
export const HEADER_LENGTH = 8;

/** The four octets after `AMQP`: 0 0 9 1 for AMQP 0-9-1, ID 1 0 0 for AMQP 1.0. */
export type Quad = readonly [number, number, number, number];

const AMQP = [0x41, 0x4d, 0x51, 0x50] as const;

/** The 8 octets of a protocol header. */
export function protocolHeader(...quad: Quad): Uint8Array {
  return Uint8Array.from([...AMQP, ...quad]);
}

/** The version quad in 8 octets or more; undefined if they do not begin with `AMQP` in upper case. */
export function quadOf(octets: Uint8Array): Quad | undefined {
  if (octets.length < HEADER_LENGTH) return undefined;
  for (let at = 0; at < AMQP.length; at++) if (octets[at] !== AMQP[at]) return undefined;
  return [octets[4] as number, octets[5] as number, octets[6] as number, octets[7] as number];
}

/** Whether a version quad asks for AMQP 1.0; its first octet is then the protocol id. */
export function isAmqp10([, major, minor, revision]: Quad): boolean {
  return major === 1 && minor === 0 && revision === 0;
}

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** Octets as lower-case hex digits. */
export function toHex(octets: Uint8Array): string {
  let hex = '';
  for (const octet of octets) hex += HEX[octet];
  return hex;
}

/** Octets as text, with `.` for each octet that is not printable ASCII. */
export function toText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : '.';
  return text;
}
