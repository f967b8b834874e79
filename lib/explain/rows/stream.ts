import type { Family } from '../row.js';
import { shortRow, tlsPort } from './short-row.js';

/** What the readers of the stream protocol log. */
export const STREAM: Family = {
  title: 'Streams',
  intro: 'Entries of the stream plugin. Most do not name the client.',
  of: 'entry',
  begins:
    /^(?:Stream |stream |Forc(?:e|ing) |Closing (?:stream )?(?:connection because|connection|socket)|Closing connection because of|Socket |Heartbeat send|Error (?:during socket|while sending)|Received (?:unknown|unrecognised|close conf)|unknown command|Frame size|Opening connection|Not allowed to change|User '|ignored command|Ignored unknown)/,
  rows: [
    shortRow(
      'stream_tls_on_plain_port',
      'bad_header',
      /^Stream protocol detected TLS ClientHello/,
      [
        'The stream client{at} started TLS on a port without TLS.',
        'The client has TLS switched on and the wrong port.',
        tlsPort(5552, 5551),
      ],
      'yes',
      'Stream protocol detected TLS ClientHello from 10.0.0.7:50122: TLS-enabled client is connecting to a non-TLS stream listener',
    ),
    shortRow(
      'stream_timeout',
      'handshake_timeout',
      /^Closing connection because of timeout in state '?(?<in>\w+)/,
      [
        'A stream client did not finish its handshake in time (state {in}).',
        'A health check or port scan that stays connected, a client of another protocol, or a client that is blocked.',
        'Nothing, if it is a health check.',
      ],
      'maybe',
      "Closing connection because of timeout in state 'tcp_connected' likely due to lack of client action.",
    ),
    shortRow(
      'stream_login_refused',
      'auth_failure',
      /^(?:User '(?<user>[^']*)' can only connect via localhost|Opening connection failed|Not allowed to change username|User '[^']*' cannot change)/,
      [
        'The broker refused the login of a stream client.',
        'A wrong user or password, a user that may only connect from localhost, or no permission for the virtual host.',
        'Create a user and grant it permissions: `rabbitmqctl add_user`, `rabbitmqctl set_permissions`.',
      ],
      'yes',
      "User 'guest' can only connect via localhost",
      'Opening connection failed: access_refused',
    ),
    shortRow(
      'stream_token_expired',
      'connection_closed',
      /token expired/,
      [
        'The broker closed a stream connection because its token had expired.',
        'The client did not renew its OAuth 2 token in time.',
        'Let the client send a new token in time.',
      ],
      'yes',
      `Forcing stream connection <0.748.0> closing because token expired`,
    ),
    shortRow(
      'stream_protocol_error',
      'bad_header',
      /^(?:Received un\w+|unknown command|Frame size|Closing socket|ignored command|Ignored unknown|Force closing stream connection)/,
      [
        'A stream client sent something that the stream protocol does not know.',
        'A client of another protocol (often AMQP) on the stream port (5552), or a client with a defect.',
        'Use port 5672 for AMQP, and 5552 for stream clients.',
      ],
      'maybe',
      'unknown command {close,1}, closing connection.',
      'Frame size (1095586128 bytes) exceeds maximum (1048576 bytes)',
    ),
    shortRow(
      'stream_lost',
      'connection_closed_abruptly',
      /^(?:Stream (?:reader socket|protocol connection (?:socket error|has been closed by peer))|Socket |Heartbeat send error|Error (?:during socket|while sending))/,
      [
        'A stream connection was lost.',
        'The client left or lost its network, or it was a health check.',
        'Nothing, if it is rare or a health check.',
      ],
      'maybe',
      'Stream protocol connection has been closed by peer',
      'Stream reader socket #Port<0.9> closed [<0.748.0>]',
      'Heartbeat send error timeout, closing connection',
    ),
    shortRow(
      'stream_closed',
      'connection_closed',
      /^(?:Forcing stream connection|Closing stream connection|Closing connection because of|Received close confirmation|Stream )/,
      [
        'A stream connection ended.',
        'The client or the broker closed it. The text may have a reason.',
        'Nothing, if it was intended.',
      ],
      'no',
      'Forcing stream connection <0.748.0> closing: "Closed via management plugin"',
      'Received close confirmation from client',
    ),
  ],
};
