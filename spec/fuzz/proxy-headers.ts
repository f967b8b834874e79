import type { Random } from '../conformance/random.js';
import { ascii, concat, hex } from '../support/bytes.js';
import { number } from './handshakes.js';

const SIGNATURE = hex('0d0a0d0a000d0a515549540a');
const LINES = [
  'PROXY TCP4 192.0.2.1 192.0.2.2 40000 5672\r\n',
  'PROXY TCP6 2001:db8::1 2001:db8::2 40000 5672\r\n',
  'PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
  'PROXY UNKNOWN\r\n',
  'PROXY UNKNOWN 192.0.2.1 192.0.2.2 1 2\r\n',
  'PROXY TCP4 999.0.2.1 192.0.2.2 99999 5672\r\n',
  'PROXY TCP4 192.0.2.1 192.0.2.2 40000 5672\n',
  'PROXY TCP4 \r\n',
] as const;

/** A PROXY header of version 1 or 2; most are valid. */
export function proxyHeader(random: Random): Uint8Array {
  if (random.chance(0.4)) return ascii(random.pick(LINES));
  const family = random.pick([0x11, 0x21, 0x31, 0x12, 0x22, 0x00, 0xff]);
  const addresses = { 16: 12, 32: 36, 48: 216 }[family & 0xf0] ?? 0;
  const tlvs = random.chance(0.3)
    ? concat(Uint8Array.of(random.between(0, 255)), number(2, 3), ascii('abc'))
    : new Uint8Array();
  const content = concat(random.octets(addresses), tlvs);
  const length = random.chance(0.85) ? content.length : random.pick([0, 1, 11, 13, 536, 2_048, 65_535]);
  const command = random.pick([0x21, 0x21, 0x21, 0x20, 0x2f, 0x11]);
  return concat(SIGNATURE, Uint8Array.of(command, family), number(2, length), content);
}
