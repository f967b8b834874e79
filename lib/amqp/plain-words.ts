import { type Quad, toText } from './header.js';
import { describeQuad } from './version-quad.js';

/**
 * What a client did, in the words that follow `The client`. Reports and the explanations of log entries share them, so
 * that both say the same about the same connection.
 */
export const PLAIN_WORDS = {
  connection_closed_with_no_data_received: 'without sending anything',
  connection_closed_abruptly: 'without closing the AMQP connection',
  bad_header: (octets: Uint8Array) => `sent ${shownOctets(octets)}, which is not an AMQP protocol header`,
  bad_version: (quad: Quad) => `asked for AMQP version ${quad.join(' ')}, ${describeQuad(quad).what}`,
  sasl_required: (protocolId: number | string) =>
    `asked for AMQP 1.0 with protocol id ${protocolId} and was refused. The broker requires SASL (protocol id 3)`,
  unsupported_amqp1_0_protocol_id: (protocolId: number | string) =>
    `asked for AMQP 1.0 with protocol id ${protocolId}, which the broker does not support, and was refused`,
  amqp1_0_plugin_not_enabled: 'asked for AMQP 1.0 and was refused. The AMQP 1.0 plugin is not enabled on the broker',
  frame_error: 'sent bytes that are not a valid AMQP frame, and the broker closed the connection',
  missed_heartbeats: (timeout: number | string) =>
    `sent nothing, not even a heartbeat, for longer than the agreed heartbeat timeout of ${timeout} s allows, and the broker ended the connection`,
  reader_crashed: "sent something that the broker's reader cannot handle, and the reader crashed",
} as const;

/**
 * Octets for a sentence: in quotes if they are text, otherwise in hex. ASCII only: V8 writes strings of one-byte
 * characters several times faster.
 */
export const shownOctets = (octets: Uint8Array): string =>
  octets.every((octet) => octet >= 0x20 && octet <= 0x7e)
    ? `'${toText(octets)}'`
    : Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(' ');
