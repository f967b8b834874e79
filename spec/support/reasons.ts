import type { BrokerError } from '../../lib/amqp/broker-error.js';
import { Atom } from '../../lib/amqp/erlang-pretty.js';
import { looksLike } from '../../lib/amqp/looks-like.js';
import type { Reason } from '../../lib/amqp/reason.js';
import type { Circumstances } from '../../lib/amqp/sentence.js';
import type { HeaderFailure } from '../../lib/proxy-protocol/failure.js';
import { ascii } from './bytes.js';

/** How a broker ends an open connection when it is stopped. */
export const FORCED: BrokerError = {
  code: 320,
  text: "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
  classId: 0,
  methodId: 0,
  channel: 0,
  stage: 'running',
};

/** One reason for each name. */
export const REASONS = {
  connection_closed_with_no_data_received: { name: 'connection_closed_with_no_data_received' },
  connection_closed_abruptly: { name: 'connection_closed_abruptly' },
  bad_header: { name: 'bad_header', detail: 'other', octets: ascii('amqp0091') },
  bad_version: { name: 'bad_version', quad: [48, 48, 57, 49] },
  sasl_required: { name: 'sasl_required', protocolId: 0 },
  unsupported_amqp1_0_protocol_id: { name: 'unsupported_amqp1_0_protocol_id', protocolId: 2 },
  amqp1_0_plugin_not_enabled: { name: 'amqp1_0_plugin_not_enabled' },
  handshake_timeout: { name: 'handshake_timeout', callback: { name: 'handshake' } },
  handshake_error: {
    name: 'handshake_error',
    failure: { type: 'tuning', text: 'negotiated frame_max = 100 is lower than the minimum allowed value (4096)' },
  },
  auth_failure: { name: 'auth_failure', mechanism: 'PLAIN', user: 'app' },
  vhost_not_found: { name: 'vhost_not_found', text: 'vhost nowhere not found' },
  access_refused: { name: 'access_refused', text: "access to vhost '/' refused for user 'app'" },
  frame_error: { name: 'frame_error', error: FORCED },
  missed_heartbeats: { name: 'missed_heartbeats', timeout: 1 },
  reader_crashed: { name: 'reader_crashed', term: [new Atom('unknown_method_id'), [99, 99]] },
  connection_closed: { name: 'connection_closed', error: null },
  upstream_unreachable: { name: 'upstream_unreachable', code: 'ECONNREFUSED' },
  upstream_closed: { name: 'upstream_closed' },
  limit: { name: 'limit', limit: 'maxConnections', value: 10 },
  shutdown: { name: 'shutdown' },
  fault: { name: 'fault', fault: 'flaky', type: 'amqp_reset', at: 'start' },
  health_check_failed: { name: 'health_check_failed', failWith: 'rst' },
} as const satisfies { readonly [Name in Reason['name']]: Reason & { readonly name: Name } };

/** The facts of a client that sent nothing and was reset, with the given changes. */
export const circumstances = (about: Partial<Circumstances> = {}): Circumstances => ({
  header: new Uint8Array(),
  looksLike: about.header === undefined ? null : looksLike(about.header),
  handshakeTimeout: 10_000,
  close: 'rst',
  upstream: null,
  clientSent: null,
  unnoticed: false,
  overTls: false,
  due: null,
  clientClosed: false,
  onTlsPort: false,
  ...about,
});

const proxyHeader = (
  name: Extract<Reason, { proxyHeader: unknown }>['name'],
  failure: HeaderFailure,
): Extract<Reason, { proxyHeader: unknown }> => ({ name, proxyHeader: failure });

/** What RabbitMQ logs at debug about a missing PROXY header, and the reason with that term. */
export const PROXY_HEADER_REASONS: readonly (readonly [
  text: string,
  reason: Extract<Reason, { proxyHeader: unknown }>,
])[] = [
  ['timeout', proxyHeader('handshake_timeout', { why: 'timeout', timeout: 3_000 })],
  ['TCP socket was closed prematurely', proxyHeader('connection_closed_with_no_data_received', { why: 'closed' })],
  ['TCP socket was closed prematurely', proxyHeader('connection_closed_abruptly', { why: 'closed' })],
  [
    "'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'",
    proxyHeader('bad_header', { why: 'missing' }),
  ],
  [
    "'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'",
    proxyHeader('bad_header', { why: 'untrusted' }),
  ],
  ["'what the decoder says'", proxyHeader('bad_header', { why: 'malformed', problem: 'what the decoder says' })],
];
