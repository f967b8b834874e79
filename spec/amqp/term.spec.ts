import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { Atom } from '../../lib/amqp/erlang-pretty.js';
import type { HandshakeCallback } from '../../lib/amqp/handshake-callback.js';
import type { HandshakeFailure, Reason } from '../../lib/amqp/reason.js';
import { termOf } from '../../lib/amqp/term.js';
import { ascii, hex } from '../support/bytes.js';
import { FORCED, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

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
  [
    {
      name: 'handshake_error',
      tls: {
        type: 'alert',
        alert: { by: 'server', number: 71, state: 'hello', detail: 'no_suitable_ciphers', place: null },
        code: 'ERR_SSL_NO_SHARED_CIPHER',
      },
    },
    'ERR_SSL_NO_SHARED_CIPHER',
  ],
  [
    {
      name: 'bad_header',
      tls: {
        type: 'alert',
        alert: { by: 'server', number: 10, state: 'hello', detail: '{unsupported_record_type,65}', place: null },
        code: null,
      },
    },
    '{unsupported_record_type,65}',
  ],
  [REASONS.auth_failure, "PLAIN login refused: user 'app' - invalid credentials"],
  [{ name: 'auth_failure', mechanism: 'EXTERNAL', user: null }, 'EXTERNAL login refused'],
  [{ name: 'auth_failure', mechanism: null, user: null }, 'unknown login refused'],
  [REASONS.vhost_not_found, 'vhost nowhere not found'],
  [REASONS.access_refused, "access to vhost '/' refused for user 'app'"],
  [REASONS.frame_error, 'fatal_frame_error'],
  [REASONS.missed_heartbeats, 'missed heartbeats from client, timeout: 1s'],
  [REASONS.reader_crashed, '{unknown_method_id,{99,99}}'],
  [REASONS.connection_closed, null],
  [
    { name: 'connection_closed', error: FORCED },
    'operation none caused a connection exception connection_forced: "broker forced connection closure with reason \'shutdown\'"',
  ],
  [
    {
      name: 'connection_closed',
      error: { ...FORCED, code: 503, text: 'COMMAND_INVALID - x', classId: 60, methodId: 40 },
    },
    'operation basic.publish caused a connection exception command_invalid: "x"',
  ],
  [
    { name: 'connection_closed', error: { ...FORCED, code: 999, text: 'what' } },
    'operation none caused a connection exception 999: "what"',
  ],
  [
    { name: 'connection_closed', error: { ...FORCED, code: 504, text: 'CHANNEL_ERROR - x', stage: 'opening' } },
    '{handshake_error,opening,{amqp_error,channel_error,"x",none}}',
  ],
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

/** The versions at which the text or format of a bad header changes. */
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
  // After the sentence of 4.1 there are 29 columns for octets. A line break becomes a space.
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
  test(`a bad header of ${what} is printed as each version prints it`, (t) => {
    t.deepEqual(
      VERSIONS.map((version) => termOf(reason, dialectOf(version))?.replace(/\s+/g, ' ')),
      terms,
    );
  });
}

test('TLS and GET are recognized from 4.1 on, and printed as octets before', (t) => {
  const tls = badHeader(hex('16 03 01 02 00 01 00 01'), 'detected_tls');
  const get = badHeader(ascii('GET / HT'), 'detected_http_get');
  const printed = (version: string) => [tls, get].map((reason) => termOf(reason, dialectOf(version)));
  t.deepEqual(printed('4.0'), ['{bad_header,<<22,3,1,2,0,1,0,1>>}', '{bad_header,<<"GET / HT">>}']);
  t.deepEqual(printed('4.1'), [
    'TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.',
    'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.',
  ]);
});

/** The terms that 3.6, 3.8.9, 3.10.8, 4.0.5 and 4.3.6 print. */
const termsOf = (reason: Reason): readonly (string | null)[] =>
  ['3.6', '3.8.9', '3.10.8', '4.0.5', '4.3.6'].map((version) => termOf(reason, dialectOf(version)));
const five = (term: string): readonly string[] => Array.from({ length: 5 }, () => term);

for (const [what, callback, terms] of [
  ['a frame', { name: 'frame_header' }, five('frame_header')],
  ['the rest of a frame', { name: 'frame_payload', type: 1, channel: 0, size: 4096 }, five('{frame_payload,1,0,4096}')],
  [
    'a frame of AMQP 1.0',
    { name: 'amqp10_header', layer: 'sasl' },
    [...five('{frame_header_1_0,sasl}').slice(2), ...five('{frame_header,sasl}').slice(3)],
  ],
  [
    'the rest of a frame of AMQP 1.0',
    { name: 'amqp10_body', layer: 'amqp', dataOffset: 2, channel: 7 },
    [...five('{frame_payload_1_0,amqp,2,7}').slice(2), ...five('{frame_body,amqp,2,7}').slice(3)],
  ],
] as const satisfies readonly (readonly [string, HandshakeCallback, readonly string[]])[]) {
  test(`a timeout while waiting for ${what} is printed as each version prints it`, (t) => {
    t.deepEqual(
      termsOf({ name: 'handshake_timeout', callback }),
      terms.map((term) => `{handshake_timeout,${term}}`),
    );
  });
}

const failed = (failure: HandshakeFailure): Reason => ({ name: 'handshake_error', failure });
const UNEXPECTED = {
  name: 'channel_error',
  explanation: 'unexpected method in connection state starting',
  method: 'connection.open',
};

test('an error before Open is wrapped, except in 3.7 and 3.8; 3.x prints the channel', (t) => {
  const flat = `{amqp_error,channel_error,"${UNEXPECTED.explanation}",'connection.open'}`;
  const indent = ' '.repeat('{handshake_error,'.length);
  const below = `${indent}{amqp_error,channel_error,\n${' '.repeat(29)}"${UNEXPECTED.explanation}",\n${' '.repeat(29)}'connection.open'}}`;
  t.deepEqual(termsOf(failed({ type: 'error', state: 'starting', channel: 0, error: UNEXPECTED })), [
    `{handshake_error,starting,0,\n${below}`,
    `{handshake_error,starting,0,${flat}}`,
    `{handshake_error,starting,0,\n${below}`,
    `{handshake_error,starting,\n${below}`,
    `{handshake_error,starting,\n${below}`,
  ]);
});

test('a stack trace is omitted', (t) => {
  const [, flat, , without] = termsOf(
    failed({ type: 'undecodable', state: 'tuning', method: 'connection.tune_ok' }),
  ).map((term) => term?.replaceAll(/,\s+/g, ','));
  t.is(flat, "{handshake_error,tuning,0,{error,function_clause,'connection.tune_ok',[...]}}");
  t.is(without, "{handshake_error,tuning,{error,function_clause,'connection.tune_ok',[...]}}");
});

test('a Tune-Ok that exceeds the limits is printed as a sentence from 3.7.8 on', (t) => {
  const [old, ...others] = termsOf(failed({ type: 'tuning', text: 'negotiated frame_max = 1' }));
  t.is(
    old?.replaceAll(/,\s+/g, ','),
    "{handshake_error,tuning,0,{exit,{amqp_error,not_allowed,\"negotiated frame_max = 1\",'connection.tune'},'connection.tune_ok',[...]}}",
  );
  t.deepEqual(others, five('failed to negotiate connection parameters: negotiated frame_max = 1').slice(1));
});

test('an AMQP 1.0 error is printed unchanged', (t) => {
  const term = [new Atom('bad_1_0_header'), ascii('garbage1')];
  t.deepEqual(termsOf(failed({ type: 'amqp10', term })), five('{bad_1_0_header,<<"garbage1">>}'));
});

test('a name chosen by the client cannot add a line or control the terminal', (t) => {
  const evil = 'x\n\r\u001b[31m\u009b31m\u0085\u2028\u2029\u0000';
  const reasons: readonly Reason[] = [
    { name: 'auth_failure', mechanism: evil, user: evil },
    { name: 'vhost_not_found', text: `vhost ${evil} not found` },
    { name: 'access_refused', text: `access to vhost '${evil}' refused` },
  ];
  for (const reason of reasons) {
    for (const term of termsOf(reason)) t.notRegex(term ?? '', /[\p{Cc}\p{Zl}\p{Zp}]/u, reason.name);
  }
});

for (const [text, reason] of PROXY_HEADER_REASONS) {
  test(`${reason.name} of a PROXY header (${reason.proxyHeader.why}) prints as in RabbitMQ's debug line`, (t) => {
    t.is(termOf(reason, dialectOf('3.10.8')), `error when receiving proxy header: ${text}`);
  });
}

test('3.7.10 to 3.7.12 crash without a PROXY header', (t) => {
  const terms = PROXY_HEADER_REASONS.map(([, reason]) => termOf(reason, dialectOf('3.7.12')));
  const [timeout, closed, , missing] = terms;
  t.is(timeout, '{badmatch,{error,timeout}}');
  t.is(closed, '{badmatch,{error,closed}}');
  t.regex(missing ?? '', /^\{badmatch,\{error,protocol_error,'The PROXY .*'\}\}$/);
});
