import test from 'ava';
import fc from 'fast-check';
import type { Reason } from '../../lib/amqp/reason.js';
import { type Circumstances, sentenceOf } from '../../lib/amqp/sentence.js';
import type { HeaderFailure } from '../../lib/proxy-protocol/failure.js';
import { ascii, clientHello, hex } from '../support/bytes.js';
import { circumstances, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

const sentences: readonly (readonly [says: RegExp, reason: Reason, about: Partial<Circumstances>])[] = [
  [/^The client sent nothing for 10 s and was reset\.$/, REASONS.handshake_timeout, {}],
  [/nothing for 2\.5 s and was closed\.$/, REASONS.handshake_timeout, { handshakeTimeout: 2500, close: 'fin' }],
  [/only 4 octets \(0a 0a 0a 0a\) in 10 s/, REASONS.handshake_timeout, { header: ascii('\n\n\n\n') }],
  [/closed the connection .* health check/, REASONS.connection_closed_with_no_data_received, { clientSent: 'fin' }],
  [/reset the connection .* health check/, REASONS.connection_closed_with_no_data_received, { clientSent: 'rst' }],
  [/RabbitMQ would not have noticed/, REASONS.connection_closed_with_no_data_received, { unnoticed: true }],
  [/after 1 octet /, REASONS.connection_closed_abruptly, { header: ascii('A'), clientSent: 'fin' }],
  [
    /reset the connection after its protocol header/,
    REASONS.connection_closed_abruptly,
    { header: ascii('AMQP\0\0\x09\x01'), clientSent: 'rst' },
  ],
  [/without closing the AMQP connection/, REASONS.connection_closed_abruptly, { upstream: '127.0.0.1:5672' }],
  [/amqp0091.*no AMQP protocol header.*written as text/, REASONS.bad_header, { header: ascii('amqp0091') }],
  [/this looks like a TLS ClientHello/, REASONS.bad_header, { header: clientHello().subarray(0, 8) }],
  [
    /'AMQP', which is no TLS, to a TLS port/,
    { name: 'bad_header', tls: { type: 'no_tls', term: '' } },
    { header: ascii('AMQP') },
  ],
  [/TLS handshake in 5 s and was reset/, { name: 'handshake_timeout', tls: { type: 'timeout', timeout: 5_000 } }, {}],
  [
    /TLS handshake with the client failed \(ERR_SSL_NO_SHARED_CIPHER\)/,
    { name: 'handshake_error', tls: { type: 'failed', code: 'ERR_SSL_NO_SHARED_CIPHER' } },
    {},
  ],
  [
    /reset the connection before its TLS handshake was over/,
    { name: 'connection_closed_abruptly', tls: { type: 'closed' } },
    { header: hex('16 03 01 02 00 01 00 01'), clientSent: 'rst' },
  ],
  [/AMQP version 48 48 57 49/, REASONS.bad_version, { header: ascii('AMQP0091') }],
  [/protocol id 0; .* only with SASL/, REASONS.sasl_required, {}],
  [/protocol id 2, which the broker does not know/, REASONS.unsupported_amqp1_0_protocol_id, {}],
  [/plugin is not enabled/, REASONS.amqp1_0_plugin_not_enabled, {}],
  [/orderly/, REASONS.connection_closed, { upstream: 'rabbit:5672' }],
  [/rabbit:5672 could not be reached \(ECONNREFUSED\)/, REASONS.upstream_unreachable, { upstream: 'rabbit:5672' }],
  [/broker at rabbit:5672 ended/, REASONS.upstream_closed, { upstream: 'rabbit:5672' }],
  [/maxConnections is 10/, REASONS.limit, {}],
  [/stopped/, REASONS.shutdown, {}],
];

for (const [says, reason, about] of sentences) {
  test(`${reason.name} is told with ${says}`, (t) => t.regex(sentenceOf(reason, circumstances(about)), says));
}

const ofProxyHeader: readonly (readonly [says: RegExp, failure: HeaderFailure, about: Partial<Circumstances>])[] = [
  [/^The client sent no PROXY header for 3 s and was reset\.$/, { why: 'timeout', timeout: 3_000 }, {}],
  [/only a part of a PROXY header in 3 s/, { why: 'timeout', timeout: 3_000 }, { header: ascii('PROXY TC') }],
  [/^The client closed .* without sending a PROXY header: a health check/, { why: 'closed' }, { clientSent: 'fin' }],
  [/reset the connection before its PROXY header/, { why: 'closed' }, { header: ascii('PROXY'), clientSent: 'rst' }],
  [
    /sent 'amqp0091', but no PROXY header.*closed; .*as text/,
    { why: 'missing' },
    { header: ascii('amqp0091'), close: 'fin' },
  ],
  [/sent 2 octets \('GE'\), but no PROXY header/, { why: 'missing' }, { header: ascii('GE') }],
  [
    /sent 'PROXY TC' and was reset: it is none of the trustedSources/,
    { why: 'untrusted' },
    { header: ascii('PROXY TC') },
  ],
  [/cannot be read, and was reset: no good\.$/, { why: 'malformed', problem: 'no good' }, {}],
];

for (const [says, failure, about] of ofProxyHeader) {
  test(`a PROXY header that did not come (${failure.why}) is told with ${says}`, (t) => {
    t.regex(sentenceOf({ name: 'bad_header', proxyHeader: failure }, circumstances(about)), says);
  });
}

test('a peer that was not recognised is not guessed at', (t) => {
  t.notRegex(sentenceOf(REASONS.bad_header, circumstances({ header: hex('9d 9d 9d 9d 9d 9d 9d 9d') })), /looks like/);
});

test('every sentence is one line that ends with a full stop, whatever the client sent', (t) => {
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
