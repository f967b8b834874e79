import test from 'ava';
import fc from 'fast-check';
import { DECISIVE, decodeHeader } from '../../lib/proxy-protocol/decode.js';
import { ascii, concat, hex, splits } from '../support/bytes.js';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

/** Version 2: version and command, family and protocol, and the octets that the length counts. */
const v2 = (octets: string, addresses = ''): Uint8Array => {
  const rest = hex(addresses);
  return concat(hex(SIGNATURE + octets), Uint8Array.of(rest.length >> 8, rest.length & 0xff), rest);
};

const ENDS_V4 = { source: '192.0.2.1:56324', destination: '192.0.2.9:5672' };
const ENDS_V6 = { source: '[2001:db8:0:42:0:8a2e:370:7334]:4124', destination: '[2001:db8::1]:5671' };
const V4 = 'c0000201 c0000209 dc04 1628';
const V6 = '20010db80000004200008a2e03707334 20010db8000000000000000000000001 101c 1627';
const MAPPED = '00000000000000000000ffffc0000201 00000000000000000000ffffc0000209 dc04 1628';

const headers: readonly (readonly [what: string, octets: Uint8Array, command: 'proxy' | 'local', ends: unknown])[] = [
  ['version 1, IPv4', ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672\r\n'), 'proxy', ENDS_V4],
  [
    'version 1, uncompressed IPv6',
    ascii('PROXY TCP6 2001:0db8:0000:0042:0000:8a2e:0370:7334 2001:db8::1 4124 5671\r\n'),
    'proxy',
    ENDS_V6,
  ],
  [
    'version 1, IPv4-mapped IPv6',
    ascii('PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c000:209 56324 5672\r\n'),
    'proxy',
    ENDS_V4,
  ],
  ['version 1, UNKNOWN', ascii('PROXY UNKNOWN\r\n'), 'proxy', null],
  ['version 1, UNKNOWN with other text', ascii('PROXY UNKNOWN 1.2.3.4 whatever\r\n'), 'proxy', null],
  [
    'version 1, the longest line',
    ascii(`PROXY UNKNOWN${' ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'.repeat(2)} 65535 65535\r\n`),
    'proxy',
    null,
  ],
  ['version 2, IPv4', v2('2111', V4), 'proxy', ENDS_V4],
  ['version 2, IPv4 over UDP', v2('2112', V4), 'proxy', ENDS_V4],
  ['version 2, IPv6', v2('2121', V6), 'proxy', ENDS_V6],
  ['version 2, IPv4-mapped IPv6', v2('2121', MAPPED), 'proxy', ENDS_V4],
  ['version 2, with TLVs', v2('2111', `${V4} 03000412345678 040000`), 'proxy', ENDS_V4],
  ['version 2, Unix sockets', v2('2131', '2f'.repeat(216)), 'proxy', null],
  ['version 2, UNSPEC', v2('2100'), 'proxy', null],
  ['version 2, UNSPEC with addresses', v2('2101', V4), 'proxy', null],
  ['version 2, LOCAL', v2('2000'), 'local', null],
  ['version 2, LOCAL with addresses and TLVs', v2('2011', `${V4} 040000`), 'local', null],
  ['version 2, LOCAL with an unknown family', v2('20ff', '00'), 'local', null],
];

for (const [what, octets, command, ends] of headers) {
  test(`${what} is decoded, with its length, as soon as its addresses have arrived`, (t) => {
    const expected = { type: 'header', header: { command, ends }, length: octets.length };
    t.deepEqual(decodeHeader(octets.subarray(0, DECISIVE)), expected as never);
    t.deepEqual(decodeHeader(concat(octets, ascii('AMQP\0\0\x09\x01')).subarray(0, DECISIVE)), expected as never);
    for (const [first] of splits(octets)) {
      const decoded = decodeHeader(first.subarray(0, DECISIVE));
      if (decoded.type === 'header') t.deepEqual(decoded, expected as never);
      else t.is(decoded.type, first.length < (octets[0] === 0x50 ? 6 : 12) ? 'undecided' : 'incomplete');
    }
  });
}

const LINE = 'Malformed or incomplete PROXY protocol header line. (PP 2.1)';
const FAMILY = 'The INET protocol and family string was not recognized. (PP 2.1)';
const PORT = 'Failed to parse a port number in the PROXY protocol header line. (PP 2.1)';
const address = (family: string) => `Failed to parse an ${family} address in the PROXY protocol header line. (PP 2.1)`;
const invalid = (what: string) => `Invalid ${what} in the PROXY protocol binary header. (PP 2.2)`;

const malformed: readonly (readonly [octets: Uint8Array, problem: string])[] = [
  [ascii('PROXY \r\n'), FAMILY],
  [ascii('PROXY TCP5 '), FAMILY],
  [ascii('PROXY tcp4'), FAMILY],
  [ascii('PROXY UNKNOWNS\r\n'), FAMILY],
  [ascii('PROXY TCP4 192.0.2.1\r\n'), LINE],
  [ascii('PROXY UNKNOWN \n'), LINE],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672\n'), PORT],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324\r\n'), PORT],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672 1\r\n'), PORT],
  [ascii('PROXY TCP4  192.0.2.1 192.0.2.9 56324 5672\r\n'), address('IPv4')],
  [ascii('PROXY UNKNOWN'.padEnd(107, 'x')), FAMILY],
  [ascii('PROXY UNKNOWN '.padEnd(107, 'x')), LINE],
  [ascii('PROXY TCP4 192.0.2.256 192.0.2.9 56324 5672\r\n'), address('IPv4')],
  [ascii('PROXY TCP4 10 192.0.2.9 56324 5672\r\n'), address('IPv4')],
  [ascii('PROXY TCP4 ::1 ::1 56324 5672\r\n'), address('IPv4')],
  [ascii('PROXY TCP6 192.0.2.1 192.0.2.9 56324 5672\r\n'), address('IPv6')],
  [ascii('PROXY TCP6 ::1 fe80::1%eth0 56324 5672\r\n'), address('IPv6')],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 65536 5672\r\n'), PORT],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 0\r\n'), PORT],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 -1\r\n'), PORT],
  [ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 amqp\r\n'), PORT],
  [hex(`${SIGNATURE}11`), invalid('version')],
  [hex(`${SIGNATURE}22`), invalid('command')],
  [hex(`${SIGNATURE}2141`), invalid('address family')],
  [hex(`${SIGNATURE}2113`), invalid('transport protocol')],
  [v2('2111', V4.slice(0, -2)), invalid('length')],
  [v2('2121', V4), invalid('length')],
  [v2('2131', V6), invalid('length')],
];

for (const [octets, problem] of malformed) {
  test(`${JSON.stringify(Buffer.from(octets).toString('latin1'))} is malformed: ${problem}`, (t) => {
    t.deepEqual(decodeHeader(octets), { type: 'malformed', problem });
  });
}

test('octets that differ from both signatures are not a PROXY header', (t) => {
  for (const signature of [ascii('PROXY '), hex(SIGNATURE)]) {
    for (const [at, octet] of signature.entries()) {
      const other = Uint8Array.from(signature.subarray(0, at + 1));
      t.is(decodeHeader(other.subarray(0, at)).type, 'undecided');
      other[at] = octet ^ 0x20;
      t.is(decodeHeader(other).type, 'none');
    }
  }
  for (const text of ['AMQP\0\0\x09\x01', 'proxy ', 'GET / HTTP/1.1\r\n', '\r\n\r\nhello']) {
    t.is(decodeHeader(ascii(text)).type, 'none', text);
  }
});

test('decoding garbage never throws, even after a signature, and later octets never change the decision', (t) => {
  const beginnings = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', 'PROXY TCP6 ', Buffer.from(SIGNATURE, 'hex'));
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 120 }), fc.nat(DECISIVE), (beginning, garbage, at) => {
      const octets = concat(Buffer.from(beginning), garbage).subarray(0, DECISIVE);
      const [early, late] = [decodeHeader(octets.subarray(0, at)), decodeHeader(octets)];
      if (early.type === 'undecided' || early.type === 'incomplete') return;
      t.deepEqual(late, early);
    }),
  );
});
