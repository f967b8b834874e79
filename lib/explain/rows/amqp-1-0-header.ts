import { PLAIN_WORDS } from '../../amqp/plain-words.js';
import { closing, ENDS } from '../examples.js';
import type { Family } from '../row.js';

const ENABLE =
  'On RabbitMQ 3.x: `rabbitmq-plugins enable rabbitmq_amqp1_0`. RabbitMQ 4.0 and later support AMQP 1.0 without a plugin.';

/** Protocol headers of AMQP 1.0 that a broker refuses. */
export const AMQP_1_0_HEADER: Family = {
  title: 'AMQP 1.0 headers',
  intro: 'The header of AMQP 1.0 is `AMQP` ID 1 0 0. ID is 3 for SASL, 2 for TLS, and 0 for neither.',
  of: 'reason',
  rows: [
    {
      name: 'amqp1_0_plugin_not_enabled',
      reason: 'amqp1_0_plugin_not_enabled',
      examples: [closing('amqp1_0_plugin_not_enabled')],
      pattern: /^\{?amqp1_0_plugin_not_enabled/,
      what: `The client{at} ${PLAIN_WORDS.amqp1_0_plugin_not_enabled}.`,
      cause:
        'The client uses AMQP 1.0 (Qpid JMS, Azure or rhea clients, for example), and the plugin is not enabled on this 3.x broker.',
      worry: 'yes',
      fix: `${ENABLE} Or use a client for AMQP 0-9-1.`,
    },
    {
      name: 'sasl_required',
      reason: 'sasl_required',
      examples: [
        `closing AMQP 1.0 connection (${ENDS}, duration: '0ms'): RabbitMQ requires SASL security layer (expected protocol ID 3, but client sent protocol ID 0)`,
      ],
      pattern: /^(?:RabbitMQ requires SASL security layer.*protocol ID (?<id>\d+)\)|\{sasl_required,)/,
      what: `The client{at} ${PLAIN_WORDS.sasl_required('{id}')}.`,
      cause: 'The client logs in without SASL, which RabbitMQ 4.0 and later do not allow.',
      worry: 'yes',
      fix: 'Give the client a user and password (SASL PLAIN), or let it use SASL ANONYMOUS. Its first bytes must be `AMQP` 3 1 0 0.',
    },
    {
      name: 'unsupported_amqp1_0_protocol_id',
      reason: 'unsupported_amqp1_0_protocol_id',
      examples: [closing('{unsupported_amqp1_0_protocol_id,2}')],
      pattern: /^\{unsupported_amqp1_0_protocol_id,(?<id>\d+)/,
      what: `The client{at} ${PLAIN_WORDS.unsupported_amqp1_0_protocol_id('{id}')}.`,
      cause: 'Protocol id 2 asks for TLS inside AMQP 1.0. RabbitMQ expects TLS before AMQP, on a port for TLS.',
      worry: 'yes',
      fix: 'Use SASL (protocol id 3), and for TLS connect to port 5671.',
    },
    {
      name: 'banned_unauthenticated_connection',
      reason: 'handshake_error',
      examples: [closing('banned_unauthenticated_connection')],
      pattern: /^\{?banned_unauthenticated_connection/,
      what: 'The AMQP 1.0 client{at} tried to connect without SASL, and the broker allows no unauthenticated clients.',
      cause: 'The client has no user and password, and `amqp1_0.default_user` is `none`.',
      worry: 'yes',
      fix: 'Give the client a user and password, or set `amqp1_0.default_user = NAME` in rabbitmq.conf.',
    },
    {
      name: 'default_user_missing',
      reason: 'handshake_error',
      examples: [closing('default_user_missing')],
      pattern: /^\{?default_user_missing/,
      what: 'The AMQP 1.0 client{at} connected without SASL, and the user for such clients cannot log in.',
      cause: 'The user that `amqp1_0.default_user` names (default: `guest`) was deleted.',
      worry: 'yes',
      fix: 'Give the client a user and password, or set `amqp1_0.default_user` to an existing user.',
    },
  ],
};
