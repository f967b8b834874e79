import { looksLike } from '../../lib/amqp/looks-like.js';
import type { Reason } from '../../lib/amqp/reason.js';
import type { Circumstances } from '../../lib/amqp/sentence.js';
import { ascii } from './bytes.js';

/** One reason of each name. */
export const REASONS = {
  connection_closed_with_no_data_received: { name: 'connection_closed_with_no_data_received' },
  connection_closed_abruptly: { name: 'connection_closed_abruptly' },
  bad_header: { name: 'bad_header', detail: 'other', octets: ascii('amqp0091') },
  bad_version: { name: 'bad_version', quad: [48, 48, 57, 49] },
  sasl_required: { name: 'sasl_required', protocolId: 0 },
  unsupported_amqp1_0_protocol_id: { name: 'unsupported_amqp1_0_protocol_id', protocolId: 2 },
  amqp1_0_plugin_not_enabled: { name: 'amqp1_0_plugin_not_enabled' },
  handshake_timeout: { name: 'handshake_timeout', callback: 'handshake' },
  handshake_error: { name: 'handshake_error', tls: { type: 'failed', code: 'ERR_SSL_NO_SHARED_CIPHER' } },
  connection_closed: { name: 'connection_closed' },
  upstream_unreachable: { name: 'upstream_unreachable', code: 'ECONNREFUSED' },
  upstream_closed: { name: 'upstream_closed' },
  limit: { name: 'limit', limit: 'maxConnections', value: 10 },
  shutdown: { name: 'shutdown' },
} as const satisfies { readonly [Name in Reason['name']]: Reason };

/** The circumstances of a client that sent nothing and was reset, or of one that differs in some. */
export const circumstances = (about: Partial<Circumstances> = {}): Circumstances => ({
  header: new Uint8Array(),
  looksLike: about.header === undefined ? null : looksLike(about.header),
  handshakeTimeout: 10_000,
  close: 'rst',
  upstream: null,
  clientSent: null,
  unnoticed: false,
  ...about,
});
