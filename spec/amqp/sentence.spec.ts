import test from 'ava';
import fc from 'fast-check';
import { Atom } from '../../lib/amqp/erlang-pretty.js';
import type { HandshakeCallback } from '../../lib/amqp/handshake-callback.js';
import { looksLike } from '../../lib/amqp/looks-like.js';
import type { Due, Owed } from '../../lib/amqp/owed.js';
import type { HandshakeFailure, Reason } from '../../lib/amqp/reason.js';
import { type Circumstances, sentenceOf } from '../../lib/amqp/sentence.js';
import type { HeaderFailure } from '../../lib/proxy-protocol/failure.js';
import { ascii, clientHello, hex } from '../support/bytes.js';
import { circumstances, FORCED, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

const timeout = (callback: HandshakeCallback): Reason => ({ name: 'handshake_timeout', callback });
const failed = (failure: HandshakeFailure): Reason => ({ name: 'handshake_error', failure });
const UNEXPECTED = {
  name: 'channel_error',
  explanation: 'unexpected method in connection\n    state tuning',
  method: 'connection.open',
};

/** What brokers say about `AMQP 0 0 9 1` on an open connection. */
const TOO_LARGE = 'FRAME_ERROR - type 65, all octets = <<>>: {frame_too_large,1342177289,131064}';

const sentences: readonly (readonly [says: RegExp, reason: Reason, about: Partial<Circumstances>])[] = [
  [
    /^The client sent nothing for 10 s and was reset\. RabbitMQ logs `accepting` only now/,
    REASONS.handshake_timeout,
    {},
  ],
  [/nothing for 2\.5 s and was closed\. /, REASONS.handshake_timeout, { handshakeTimeout: 2500, close: 'fin' }],
  [/only 4 bytes \(0a 0a 0a 0a\) in 10 s/, REASONS.handshake_timeout, { header: ascii('\n\n\n\n') }],
  [/closed the connection .* health check/, REASONS.connection_closed_with_no_data_received, { clientSent: 'fin' }],
  [/reset the connection .* health check/, REASONS.connection_closed_with_no_data_received, { clientSent: 'rst' }],
  [/RabbitMQ would not have noticed/, REASONS.connection_closed_with_no_data_received, { unnoticed: true }],
  [/after 1 byte /, REASONS.connection_closed_abruptly, { header: ascii('A'), clientSent: 'fin' }],
  [
    /reset the connection after its protocol header/,
    REASONS.connection_closed_abruptly,
    { header: ascii('AMQP\0\0\x09\x01'), clientSent: 'rst' },
  ],
  [/without closing the AMQP connection/, REASONS.connection_closed_abruptly, { upstream: '127.0.0.1:5672' }],
  [/amqp0091.*not an AMQP protocol header.*written as text/, REASONS.bad_header, { header: ascii('amqp0091') }],
  [/and was refused\. It looks like a TLS ClientHello/, REASONS.bad_header, { header: clientHello().subarray(0, 8) }],
  [
    /'AMQP', which is not TLS, to a TLS port/,
    {
      name: 'bad_header',
      tls: {
        type: 'alert',
        alert: { by: 'server', number: 10, state: 'hello', detail: '{unsupported_record_type,65}', place: null },
        code: null,
      },
    },
    { header: ascii('AMQP') },
  ],
  [
    /TLS handshake within 5 s and was reset/,
    { name: 'handshake_timeout', tls: { type: 'timeout', timeout: 5_000 } },
    {},
  ],
  [
    /TLS handshake with the client failed \(ERR_SSL_NO_SHARED_CIPHER\)/,
    {
      name: 'handshake_error',
      tls: {
        type: 'alert',
        alert: { by: 'server', number: 71, state: 'hello', detail: 'no_suitable_ciphers', place: null },
        code: 'ERR_SSL_NO_SHARED_CIPHER',
      },
    },
    {},
  ],
  [
    /reset the connection before its TLS handshake was complete/,
    { name: 'connection_closed_abruptly', tls: { type: 'closed' } },
    { header: hex('16 03 01 02 00 01 00 01'), clientSent: 'rst' },
  ],
  [
    /a second protocol header where a frame was due/,
    { name: 'frame_error', error: { ...FORCED, code: 501, text: TOO_LARGE } },
    { upstream: 'rabbit:5672' },
  ],
  [
    /a second protocol header/,
    failed({ type: 'error', state: 'starting', channel: 19_793, error: { ...UNEXPECTED, explanation: TOO_LARGE } }),
    {},
  ],
  [
    /a second protocol header/,
    { name: 'frame_error', term: [new Atom('bad_1_0_header'), ascii('AMQP\0\x01\0\0')] },
    {},
  ],
  [
    /a second protocol header/,
    {
      name: 'connection_closed',
      error: {
        condition: 'amqp:connection:framing-error',
        text: 'frame size (1095586128 bytes) > maximum frame size (131072 bytes)',
        channel: 0,
        stage: 'running',
      },
    },
    {},
  ],
  [
    /rabbit:5672 ended .* without sending anything\. It probably requires a PROXY header: if so, set proxyProtocol\.send\.$/,
    REASONS.upstream_closed,
    { upstream: 'rabbit:5672', isUpstreamMute: true },
  ],
  [
    /It looks like a PROXY protocol v1 .* set proxyProtocol\.accept\.$/,
    REASONS.bad_header,
    { header: ascii('PROXY TC') },
  ],
  [
    /It looks like a PROXY protocol v2 .* set proxyProtocol\.accept\.$/,
    REASONS.bad_header,
    { header: hex('0d0a0d0a000d0a51') },
  ],
  [
    /AMQP version 1 1 0 10, .* It looks like an AMQP 0-10 client \(Qpid\)/,
    { name: 'bad_version', quad: [1, 1, 0, 10] },
    { header: ascii('AMQP\x01\x01\0\n') },
  ],
  [/5671\. To accept TLS on this port, set tls\.$/, REASONS.bad_header, { header: clientHello().subarray(0, 8) }],
  [/AMQP version 48 48 57 49/, REASONS.bad_version, { header: ascii('AMQP0091') }],
  [/protocol id 0 and was refused\. The broker requires SASL/, REASONS.sasl_required, {}],
  [/protocol id 2, which the broker does not support/, REASONS.unsupported_amqp1_0_protocol_id, {}],
  [/plugin is not enabled/, REASONS.amqp1_0_plugin_not_enabled, {}],
  [/cleanly/, REASONS.connection_closed, { upstream: 'rabbit:5672' }],
  [/rabbit:5672 could not be reached \(ECONNREFUSED\)/, REASONS.upstream_unreachable, { upstream: 'rabbit:5672' }],
  [/broker at rabbit:5672 ended/, REASONS.upstream_closed, { upstream: 'rabbit:5672' }],
  [
    /rejected the client's handshake: negotiated frame_max = 100 is lower than .*\(4096\)\.$/,
    REASONS.handshake_error,
    {},
  ],
  [
    /rejected the client's handshake: channel_error in state tuning, unexpected method in connection state tuning\.$/,
    failed({ type: 'error', state: 'tuning', channel: 0, error: UNEXPECTED }),
    {},
  ],
  [
    /the arguments of its connection\.start_ok cannot be decoded\.$/,
    failed({ type: 'undecodable', state: 'starting', method: 'connection.start_ok' }),
    {},
  ],
  [
    /rejected the client's handshake: \{bad_1_0_header,<<"garbage1">>\}\.$/,
    failed({ type: 'amqp10', term: [new Atom('bad_1_0_header'), ascii('garbage1')] }),
    {},
  ],
  [/refused the login of user 'app' \(PLAIN\)/, REASONS.auth_failure, {}],
  [/refused the login of user '\?' \(unknown mechanism\)/, { name: 'auth_failure', mechanism: null, user: null }, {}],
  [/refused to open the virtual host: vhost nowhere not found\.$/, REASONS.vhost_not_found, {}],
  [/access to vhost '\/' refused for user 'app'\.$/, REASONS.access_refused, {}],
  [/bytes that are not a valid AMQP frame/, REASONS.frame_error, {}],
  [/not even a heartbeat, for longer than the agreed heartbeat timeout of 1 s allows/, REASONS.missed_heartbeats, {}],
  [/the broker's reader cannot handle, and the reader crashed/, REASONS.reader_crashed, {}],
  [/closed the connection: 320 CONNECTION_FORCED - .*'shutdown'\.$/, { name: 'connection_closed', error: FORCED }, {}],
  [/because the limit maxConnections \(10\) was reached/, REASONS.limit, {}],
  [
    /^The client was reset immediately because the process already had 54 connections, the most that its limit of 200 open files allows\.$/,
    { name: 'limit', limit: 'openFiles', value: 54, openFiles: 200 },
    {},
  ],
  [
    /^The client was reset immediately because the process had used most of its memory limit \(134217728 bytes\)\.$/,
    { name: 'limit', limit: 'memoryLimit', value: 134_217_728 },
    {},
  ],
  [/most of its JavaScript heap \(4294967296 bytes\)/, { name: 'limit', limit: 'heap', value: 4_294_967_296 }, {}],
  [
    /^The proxy could not connect to the broker at rabbit:5672, because the process has too many files and sockets open \(EMFILE\), and the client was reset\.$/,
    { name: 'limit', limit: 'dial', code: 'EMFILE' },
    { upstream: 'rabbit:5672' },
  ],
  [
    /^The client vanished: it no longer answered TCP keepalive probes or data\.$/,
    REASONS.connection_closed_abruptly,
    { upstream: 'rabbit:5672', vanished: true },
  ],
  [/stopped/, REASONS.shutdown, {}],
];

const SASL = ascii('AMQP\x03\x01\0\0');
const due = (
  owed: Owed,
  facts: Partial<Pick<Due, 'protocol' | 'since' | 'clientSilent'>> = {},
): Partial<Circumstances> => ({
  upstream: 'rabbit:5672',
  header: facts.protocol === '1.0' ? SASL : ascii('AMQP\0\0\x09\x01'),
  due: { ...owed, protocol: '0-9-1', since: 9_983.4, clientSilent: true, ...facts },
});
const [START, STARTED]: readonly [Owed, Owed] = [
  { by: 'upstream', what: 'start' },
  { by: 'client', what: 'start-ok' },
];
const DUE_TIMEOUT = timeout({ name: 'frame_header' });
const LEFT = REASONS.connection_closed_abruptly;

const owing: readonly (readonly [says: RegExp, reason: Reason, about: Partial<Circumstances>])[] = [
  [
    /^The broker at rabbit:5672 sent no Start in the 9\.98 s after the client's protocol header, and the handshake timed out after 10 s\. A stuck broker logs `accepting` only when it continues, or not at all\.$/,
    DUE_TIMEOUT,
    due(START),
  ],
  [
    /sent no Tune in the 420 ms after the client's login, /,
    DUE_TIMEOUT,
    due({ by: 'upstream', what: 'tune' }, { since: 420 }),
  ],
  [/sent no Open-Ok in the 9\.98 s after the client's Open, /, DUE_TIMEOUT, due({ by: 'upstream', what: 'open-ok' })],
  [
    /did not end the connection in the 9\.98 s after the client's error, /,
    DUE_TIMEOUT,
    due({ by: 'upstream', what: 'close' }),
  ],
  [
    /^The client did not open its AMQP connection within 10 s\. The broker sent its Start 9\.98 s before, and the client has sent nothing since\.$/,
    DUE_TIMEOUT,
    due(STARTED),
  ],
  [
    /Start 9\.98 s before, and the client has not sent Start-Ok: the rest of a frame of 54 bytes on channel 3 is missing\.$/,
    timeout({ name: 'frame_payload', type: 1, channel: 3, size: 54 }),
    due(STARTED, { clientSilent: false }),
  ],
  [
    /The broker sent its Secure .* has not sent Secure-Ok\.$/,
    DUE_TIMEOUT,
    due({ by: 'client', what: 'secure-ok' }, { clientSilent: false }),
  ],
  [/The broker sent its Tune .* has sent nothing since\.$/, DUE_TIMEOUT, due({ by: 'client', what: 'tune-ok' })],
  [
    /It sent its Tune-Ok 9\.98 s before, and the client has sent nothing since\.$/,
    DUE_TIMEOUT,
    due({ by: 'client', what: 'open' }),
  ],
  [/sent no SASL mechanisms in the .* protocol header/, DUE_TIMEOUT, due(START, { protocol: '1.0' })],
  [
    /sent no protocol header in the /,
    DUE_TIMEOUT,
    { ...due(START, { protocol: '1.0' }), header: ascii('AMQP\0\x01\0\0') },
  ],
  [/sent no SASL outcome in the .* login/, DUE_TIMEOUT, due({ by: 'upstream', what: 'tune' }, { protocol: '1.0' })],
  [
    /The broker sent its SASL mechanisms .* has not sent SASL init\.$/,
    timeout({ name: 'amqp10_header', layer: 'sasl' }),
    due(STARTED, { protocol: '1.0', clientSilent: false }),
  ],
  [
    /The broker sent its SASL outcome .* has not sent open: the rest of a frame on channel 5 is missing\.$/,
    timeout({ name: 'amqp10_body', layer: 'amqp', dataOffset: 2, channel: 5 }),
    due({ by: 'client', what: 'tune-ok' }, { protocol: '1.0', clientSilent: false }),
  ],
  [
    /The broker sent its protocol header .* has not sent open\.$/,
    timeout({ name: 'amqp10_header', layer: 'amqp' }),
    { ...due(STARTED, { protocol: '1.0', clientSilent: false }), header: ascii('AMQP\0\x01\0\0') },
  ],
  [/has sent nothing since\. Its TLS handshake was complete\.$/, DUE_TIMEOUT, { ...due(STARTED), overTls: true }],
  [
    /nothing for 10 s and was reset\. Its TLS handshake was complete\. RabbitMQ/,
    REASONS.handshake_timeout,
    { overTls: true },
  ],
  [
    /sent only 1 byte \('A'\) in 10 s and was reset\. Its TLS handshake was complete\.$/,
    REASONS.handshake_timeout,
    { overTls: true, header: ascii('A') },
  ],
  [
    /closed the connection without sending anything after its TLS handshake\. /,
    REASONS.connection_closed_with_no_data_received,
    { overTls: true, clientSent: 'fin' },
  ],
  [
    /^The client closed the connection 1\.5 s after its protocol header, before the broker at rabbit:5672 sent Start\.$/,
    LEFT,
    { ...due(START, { since: 1_500 }), clientSent: 'fin' },
  ],
  [
    /^The client reset the connection 3 ms after the broker's Start, without sending Start-Ok\.$/,
    LEFT,
    { ...due(STARTED, { since: 3.2 }), clientSent: 'rst' },
  ],
  [/after its Tune-Ok, without sending Open\.$/, LEFT, { ...due({ by: 'client', what: 'open' }), clientSent: 'fin' }],
  [
    /after its error, before the broker at rabbit:5672 ended it\.$/,
    LEFT,
    { ...due({ by: 'upstream', what: 'close' }), clientSent: 'fin' },
  ],
  [
    /^The client sent Close and closed the connection before the broker at rabbit:5672 sent Close-Ok\.$/,
    LEFT,
    { upstream: 'rabbit:5672', clientSent: 'fin', clientClosed: true },
  ],
  [/^The client did not open its AMQP connection within 10 s\.$/, DUE_TIMEOUT, { upstream: 'rabbit:5672' }],
];

for (const [says, reason, about] of [...sentences, ...owing]) {
  test(`${reason.name} is described as ${says}`, (t) => t.regex(sentenceOf(reason, circumstances(about)), says));
}

const ofProxyHeader: readonly (readonly [says: RegExp, failure: HeaderFailure, about: Partial<Circumstances>])[] = [
  [/^The client sent no PROXY header within 3 s and was reset\.$/, { why: 'timeout', timeout: 3_000 }, {}],
  [/only part of a PROXY header within 3 s/, { why: 'timeout', timeout: 3_000 }, { header: ascii('PROXY TC') }],
  [
    /^The client closed .* without sending a PROXY header\. It is probably a health check/,
    { why: 'closed' },
    { clientSent: 'fin' },
  ],
  [/reset the connection before its PROXY header/, { why: 'closed' }, { header: ascii('PROXY'), clientSent: 'rst' }],
  [
    /sent 'amqp0091' instead of a PROXY header.*closed\. It looks like .*as text/,
    { why: 'missing' },
    { header: ascii('amqp0091'), close: 'fin' },
  ],
  [/sent 2 bytes \('GE'\) instead of a PROXY header/, { why: 'missing' }, { header: ascii('GE') }],
  [
    /sent 'PROXY TC' and was reset\. PROXY headers are accepted only from proxyProtocol\.trustedSources/,
    { why: 'untrusted' },
    { header: ascii('PROXY TC') },
  ],
  [/sent a malformed PROXY header and was reset: no good\.$/, { why: 'malformed', problem: 'no good' }, {}],
];

for (const [says, failure, about] of ofProxyHeader) {
  test(`a missing PROXY header (${failure.why}) is described as ${says}`, (t) => {
    t.regex(sentenceOf({ name: 'bad_header', proxyHeader: failure }, circumstances(about)), says);
  });
}

test('there is no guess about an unrecognized client', (t) => {
  t.notRegex(sentenceOf(REASONS.bad_header, circumstances({ header: hex('9d 9d 9d 9d 9d 9d 9d 9d') })), /looks like/);
});

test('every sentence is one line that ends with a period, whatever the client sent', (t) => {
  const anyReason = fc.constantFrom<Reason>(
    ...Object.values(REASONS),
    ...PROXY_HEADER_REASONS.map(([, reason]) => reason),
  );
  fc.assert(
    fc.property(anyReason, fc.uint8Array({ maxLength: 8 }), (reason, header) => {
      t.regex(sentenceOf(reason, circumstances({ header })), /^The [\x20-\x7e]*\.$/);
    }),
  );
});

test('a name chosen by the client cannot end the line or control the terminal', (t) => {
  const evil = "x'.\n2026-11-23 error \r\u001b[31m\u009b31m\u0085\u2028\u2029\u0000";
  const reasons: readonly Reason[] = [
    { name: 'auth_failure', mechanism: evil, user: evil },
    { name: 'vhost_not_found', text: `vhost ${evil} not found` },
    { name: 'access_refused', text: `access to vhost '${evil}' refused for user '${evil}'` },
    { name: 'connection_closed', error: { ...FORCED, text: evil } },
    failed({ type: 'error', state: 'starting', channel: 0, error: { ...UNEXPECTED, explanation: evil } }),
    failed({ type: 'amqp10', term: new TextEncoder().encode(evil) }),
  ];
  for (const reason of reasons) {
    t.notRegex(sentenceOf(reason, circumstances()), /[\p{Cc}\p{Zl}\p{Zp}]/u, reason.name);
  }
});

test('on a port that terminates TLS no sentence names port 5671', (t) => {
  const header = clientHello().subarray(0, 8);
  const about = circumstances({ header, onTlsPort: true, looksLike: looksLike(header, null, true) });
  const sentence = sentenceOf(REASONS.bad_header, about);
  t.regex(sentence, /It looks like a TLS ClientHello\.$/);
  t.notRegex(sentence, /5671|set tls/);
});
