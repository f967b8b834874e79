import { Atom } from '../amqp/erlang-pretty.js';
import type { Reason, ReasonName } from '../amqp/reason.js';

type ReasonDoc<Name extends ReasonName> = {
  readonly text: string;
  /** The term and the severity in the docs are those of these reasons. */
  readonly examples: readonly (Reason & { readonly name: Name })[];
};

/** What each reason means, with examples: the source of the table of reasons in docs/reports.md. */
export const REASON_DOCS: { readonly [Name in ReasonName]: ReasonDoc<Name> } = {
  connection_closed_with_no_data_received: {
    text: 'The client closed the connection without sending anything. This is usually a health check.',
    examples: [{ name: 'connection_closed_with_no_data_received' }],
  },
  connection_closed_abruptly: {
    text: 'The client closed TCP before the protocol header was complete, or without closing the AMQP connection: without a Close, or before the broker answered it with Close-Ok.',
    examples: [{ name: 'connection_closed_abruptly' }],
  },
  bad_header: {
    text: 'The first 8 bytes do not begin with `AMQP`.',
    examples: [{ name: 'bad_header', detail: 'other', octets: Uint8Array.from('amqp0091', (c) => c.charCodeAt(0)) }],
  },
  bad_version: {
    text: 'The header asks for an AMQP version that the broker does not speak.',
    examples: [{ name: 'bad_version', quad: [48, 48, 57, 49] }],
  },
  sasl_required: {
    text: 'An AMQP 1.0 client skipped SASL.',
    examples: [{ name: 'sasl_required', protocolId: 0 }],
  },
  unsupported_amqp1_0_protocol_id: {
    text: 'An AMQP 1.0 header has a protocol id that the broker does not support.',
    examples: [{ name: 'unsupported_amqp1_0_protocol_id', protocolId: 2 }],
  },
  amqp1_0_plugin_not_enabled: {
    text: 'An AMQP 1.0 client connected to a 3.x broker without the AMQP 1.0 plugin.',
    examples: [{ name: 'amqp1_0_plugin_not_enabled' }],
  },
  handshake_timeout: {
    text: 'The connection was not open when the handshake timeout expired. The sentence says which side had to send what.',
    examples: [{ name: 'handshake_timeout', callback: { name: 'handshake' } }],
  },
  handshake_error: {
    text: 'The client sent wrong frames, methods, mechanisms or limits before the connection was open. RabbitMQ is silent for 3 s, then resets.',
    examples: [
      {
        name: 'handshake_error',
        failure: { type: 'tuning', text: 'negotiated frame_max = 100 is lower than the minimum allowed value (4096)' },
      },
    ],
  },
  auth_failure: {
    text: 'The login was refused: with a 403, or without an answer if the client did not announce `authentication_failure_close`.',
    examples: [{ name: 'auth_failure', mechanism: 'PLAIN', user: 'app' }],
  },
  vhost_not_found: {
    text: 'The virtual host does not exist.',
    examples: [{ name: 'vhost_not_found', text: 'vhost orders not found' }],
  },
  access_refused: {
    text: 'The user may not use the virtual host, or a connection limit was reached.',
    examples: [{ name: 'access_refused', text: "access to vhost '/' refused for user 'app'" }],
  },
  frame_error: {
    text: 'The client sent bytes that are not frames on an open connection.',
    examples: [
      {
        name: 'frame_error',
        error: { code: 501, text: '', classId: 0, methodId: 0, channel: 0, stage: 'running' },
      },
    ],
  },
  missed_heartbeats: {
    text: 'The client sent no heartbeats.',
    examples: [{ name: 'missed_heartbeats', timeout: 60 }],
  },
  reader_crashed: {
    text: "The broker's reader process crashed on what it received.",
    examples: [{ name: 'reader_crashed', term: [new Atom('unknown_method_id'), [99, 99]] }],
  },
  connection_closed: {
    text: 'The AMQP connection was closed: normally, or by the broker with an error, which is then the term.',
    examples: [
      { name: 'connection_closed', error: null },
      {
        name: 'connection_closed',
        error: {
          code: 320,
          text: 'CONNECTION_FORCED - maintenance',
          classId: 0,
          methodId: 0,
          channel: 0,
          stage: 'running',
        },
      },
    ],
  },
  upstream_unreachable: {
    text: 'The host name of the upstream could not be resolved, the upstream did not accept a connection, or its TLS certificate is not trusted.',
    examples: [{ name: 'upstream_unreachable', code: 'ECONNREFUSED' }],
  },
  upstream_closed: {
    text: 'The upstream closed TCP without closing the AMQP connection.',
    examples: [{ name: 'upstream_closed' }],
  },
  limit: {
    text: '`maxConnections`, `maxConnectionsPerSource`, the limit on open files or the memory limit was reached, or a dial failed because the proxy or its machine lacked descriptors, ports or memory.',
    examples: [{ name: 'limit', limit: 'maxConnections', value: 10_000 }],
  },
  shutdown: {
    text: 'The proxy was stopped, or the connection was ended through the control API.',
    examples: [{ name: 'shutdown' }],
  },
  fault: {
    text: 'A fault ended the connection.',
    examples: [{ name: 'fault', fault: 'flaky', type: 'amqp_reset', at: 'start' }],
  },
  health_check_failed: {
    text: 'The setting `healthChecks` made a health check fail on purpose.',
    examples: [{ name: 'health_check_failed', failWith: 'rst' }],
  },
};
