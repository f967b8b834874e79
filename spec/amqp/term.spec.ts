import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import type { Reason } from '../../lib/amqp/reason.js';
import { termOf } from '../../lib/amqp/term.js';
import { ascii, hex } from '../support/bytes.js';
import { PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

const badHeader = (octets: Uint8Array, detail: 'other' | 'detected_tls' | 'detected_http_get' = 'other'): Reason => ({
  name: 'bad_header',
  detail,
  octets,
});

/** The same in every version. */
const everywhere: readonly (readonly [reason: Reason, term: string | null])[] = [
  [REASONS.connection_closed_with_no_data_received, 'connection_closed_with_no_data_received'],
  [REASONS.connection_closed_abruptly, 'client unexpectedly closed TCP connection'],
  [REASONS.bad_version, '{bad_version,{48,48,57,49}}'],
  [
    REASONS.sasl_required,
    'RabbitMQ requires SASL security layer (expected protocol ID 3, but client sent protocol ID 0)',
  ],
  [REASONS.unsupported_amqp1_0_protocol_id, '{unsupported_amqp1_0_protocol_id,2}'],
  [REASONS.amqp1_0_plugin_not_enabled, 'amqp1_0_plugin_not_enabled'],
  [REASONS.handshake_timeout, '{handshake_timeout,handshake}'],
  [{ name: 'handshake_timeout', tls: { type: 'timeout', timeout: 5_000 } }, '{handshake_timeout,tls}'],
  [{ name: 'handshake_error', tls: { type: 'failed', code: 'ERR_SSL_NO_SHARED_CIPHER' } }, 'ERR_SSL_NO_SHARED_CIPHER'],
  [
    { name: 'bad_header', tls: { type: 'no_tls', term: '{unsupported_record_type,65}' } },
    '{unsupported_record_type,65}',
  ],
  [REASONS.connection_closed, null],
  [REASONS.upstream_unreachable, 'upstream_unreachable'],
  [REASONS.upstream_closed, 'upstream_closed'],
  [REASONS.limit, 'limit'],
  [REASONS.shutdown, 'shutdown'],
];

for (const [reason, term] of everywhere) {
  test(`${reason.name} prints as ${term ?? 'nothing'}`, (t) => {
    for (const version of ['3.6', '3.7.7', '3.10.8', '3.13', '4.0', '4.3']) {
      t.is(termOf(reason, dialectOf(version)), term, version);
    }
  });
}

/** The versions at which the words or the printing of a bad header change. */
const VERSIONS = ['3.6', '3.11', '3.12', '4.0', '4.1', '4.3'] as const;
const sentence = (printed: string) => `client did not start with AMQP protocol header: ${printed}`;
const tuple = (printed: string) => `{bad_header,${printed}}`;

const [plainE, wideE] = ['<<"Ã©qp0091">>', '<<"éqp0091"/utf8>>'];
const plainText = '<<"amqp0091">>';
const [narrow, wide, widest] = [
  ['7b e2 c4 e2 c2 1a f7 0b', '<<123,226,196,226,194,26,247,11>>', '<<123,226,196,226,194,26,247,11>>'],
  ['f6 69 be 74 e0 8a cb 44', '<<246,105,190,116,224,138,203,68>>', '<<246,105,190,116,224,138,203, 68>>'],
  ['bd 9c 92 ab ca df e8 f1', '<<189,156,146,171,202,223,232,241>>', '<<189,156,146,171,202,223,232, 241>>'],
] as const;
const printings: readonly (readonly [what: string, reason: Reason, terms: readonly string[]])[] = [
  [
    'text',
    badHeader(ascii('amqp0091')),
    [tuple(plainText), tuple(plainText), tuple(plainText), tuple(plainText), sentence(plainText), sentence(plainText)],
  ],
  [
    'UTF-8',
    badHeader(hex('c3 a9 71 70 30 30 39 31')),
    [tuple(plainE), tuple(plainE), tuple(wideE), tuple(wideE), sentence(plainE), sentence(plainE)],
  ],
  // Behind the sentence of 4.1 there are 29 columns for octets. The line break of what is longer folds to a blank.
  ...[narrow, wide, widest].map(
    ([digits, before, since]) =>
      [
        `octets, ${digits}`,
        badHeader(hex(digits)),
        [...Array<string>(4).fill(tuple(before)), sentence(since), sentence(since)],
      ] as const,
  ),
];

for (const [what, reason, terms] of printings) {
  test(`a bad header of ${what} prints as each version prints it`, (t) => {
    t.deepEqual(
      VERSIONS.map((version) => termOf(reason, dialectOf(version))?.replace(/\s+/g, ' ')),
      terms,
    );
  });
}

test('TLS and GET are told apart from 4.1 on, and are octets before', (t) => {
  const tls = badHeader(hex('16 03 01 02 00 01 00 01'), 'detected_tls');
  const get = badHeader(ascii('GET / HT'), 'detected_http_get');
  const printed = (version: string) => [tls, get].map((reason) => termOf(reason, dialectOf(version)));
  t.deepEqual(printed('4.0'), ['{bad_header,<<22,3,1,2,0,1,0,1>>}', '{bad_header,<<"GET / HT">>}']);
  t.deepEqual(printed('4.1'), [
    'TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.',
    'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.',
  ]);
});

for (const [text, reason] of PROXY_HEADER_REASONS) {
  test(`${reason.name} of a PROXY header (${reason.proxyHeader.why}) prints as in RabbitMQ's debug line`, (t) => {
    t.is(termOf(reason, dialectOf('3.10.8')), `error when receiving proxy header: ${text}`);
  });
}
