import { ENDS } from '../examples.js';
import type { Family, Row } from '../row.js';

const quotedEnds = `"${ENDS}"`;
const row = (
  name: string,
  reason: Row['reason'],
  pattern: RegExp,
  [what, cause, fix]: readonly [string, string, string],
  worry: Row['worry'],
  ...examples: readonly [string, ...string[]]
): Row => ({ name, reason, examples, pattern, what, cause, worry, fix });

const NOTHING = 'Nothing.';
const NORMAL = 'Normal operation.';
const TLS_PORT = (plain: number, tls: number): string =>
  `Connect to the TLS port (usually ${tls}), or switch TLS off in the client and use ${plain}.`;

/** What the readers of MQTT log. */
export const MQTT: Family = {
  title: 'MQTT',
  intro: 'Entries of the MQTT plugin, also of MQTT over WebSockets.',
  of: 'entry',
  begins:
    /^(?:(?:accepting|Accepting|Accepted|closing|Rejected|writing to|keepalive|Unparseable|Rejecting) |MQTT|Web MQTT|Received a PUBLISH|Terminating MQTT|Extended auth)/,
  rows: [
    row(
      'mqtt_accepted',
      null,
      /^(?:(?:[aA]ccepting|Accepted) (?:Web )?MQTT|MQTT accepting TCP) connection/,
      ['An MQTT client{at} connected.', NORMAL, NOTHING],
      'no',
      `accepting MQTT connection <0.748.0> (${ENDS}, client id: sensor-1)`,
      `Accepted MQTT connection ${ENDS} for client ID sensor-1`,
      `MQTT accepting TCP connection <0.748.0> (${ENDS})`,
      `Accepting Web MQTT connection ${ENDS}`,
    ),
    row(
      'mqtt_keepalive_timeout',
      'missed_heartbeats',
      /keepalive (?:timeout|error)/,
      [
        'The MQTT client{at} sent nothing for 1.5 times its keepalive, and the broker closed the connection.',
        'The client is offline, asleep or blocked, or its network is gone.',
        'Let the client send PINGREQ in time, or use a longer keepalive.',
      ],
      'maybe',
      `closing MQTT connection ${quotedEnds} (keepalive timeout)`,
      `keepalive timeout in Web MQTT connection ${ENDS}`,
    ),
    row(
      'mqtt_login_timeout',
      'handshake_timeout',
      /\(login timeout\)/,
      [
        'The MQTT client{at} connected and sent no CONNECT packet in time.',
        'A health check or port scan, or a client that is blocked.',
        'Nothing, if it is a health check. Otherwise `mqtt.login_timeout`.',
      ],
      'maybe',
      `closing MQTT connection ${quotedEnds} (login timeout)`,
    ),
    row(
      'mqtt_tls_on_plain_port',
      'bad_header',
      /^MQTT detected TLS ClientHello/,
      [
        'The MQTT client{at} started TLS on a port without TLS.',
        'The client has TLS switched on and the wrong port.',
        TLS_PORT(1883, 8883),
      ],
      'yes',
      'MQTT detected TLS ClientHello from 10.0.0.7:50122: TLS-enabled client is connecting to a non-TLS MQTT listener',
    ),
    row(
      'mqtt_tls_error',
      'handshake_error',
      /^MQTT detected TLS/,
      [
        'The TLS handshake of the MQTT client{at} failed.',
        'Certificates, versions or cipher suites do not fit: see the text (`unknown CA`: the client does not trust the broker).',
        'Test with `openssl s_client -connect HOST:8883 -CAfile ca.pem`.',
      ],
      'yes',
      `MQTT detected TLS upgrade error on ${ENDS}: handshake failure`,
      `MQTT detected TLS certificate verification error on ${ENDS}: alert 'unknown CA'`,
    ),
    row(
      'mqtt_login_failed',
      'auth_failure',
      /^MQTT (?:login failed|connection failed: access refused|connection \S+ is closing due to an auth|detected duplicate)/,
      [
        'The broker refused the login of an MQTT client.',
        'A wrong user or password, no credentials at all, a user that may only connect from localhost, or no permission for the virtual host.',
        'Check it: `rabbitmqctl authenticate_user USER PASSWORD`, `rabbitmqctl list_user_permissions USER`. A user may contain the virtual host: `VHOST:USER`.',
      ],
      'yes',
      "MQTT login failed for user 'app': virtual host access not allowed",
      'MQTT login failed: no credentials provided',
      "MQTT login failed: user 'guest' can only connect via localhost",
      "MQTT connection failed: access refused for user 'app' to vhost 'orders'",
      'MQTT login failed for user \'app\', authentication failed: {refused,"app"}',
    ),
    row(
      'mqtt_limit',
      'access_refused',
      /^MQTT connection failed/,
      [
        'The broker refused an MQTT client: a limit was reached, or its virtual host is missing or down.',
        'See the text.',
        'Raise the limit (`rabbitmqctl set_vhost_limits`, `set_user_limits`, `connection_max`), or create the virtual host.',
      ],
      'yes',
      "MQTT connection failed: connection limit 10 is reached for vhost '/'",
      "MQTT connection failed: virtual host 'orders' does not exist",
    ),
    row(
      'mqtt_duplicate_client_id',
      'connection_closed',
      /disconnecting (?:a )?client .*duplicate (?:id|ID)/i,
      [
        'The broker closed the connection of the MQTT client{at} because another client connected with the same client ID.',
        'Two devices have the same client ID, or a client reconnected before its old connection was gone.',
        'Give each device its own client ID.',
      ],
      'maybe',
      `MQTT disconnecting client ${quotedEnds} with duplicate id 'sensor-1'`,
      `Web MQTT disconnecting a client with duplicate ID 'sensor-1' (${ENDS})`,
    ),
    row(
      'mqtt_network_error',
      'connection_closed_abruptly',
      /^(?:MQTT detected network error|writing to MQTT socket|MQTT: a socket write failed|MQTT could not get connection string|MQTT connection .* failed to establish)/,
      [
        'The connection of the MQTT client{at} was lost.',
        'The client left without DISCONNECT, lost its network, or it was a health check.',
        'Nothing, if it is rare or a health check.',
      ],
      'maybe',
      `MQTT detected network error on ${quotedEnds}: connection closed by peer`,
      `MQTT detected network error for ${quotedEnds}: closed`,
      `writing to MQTT socket #Port<0.9> failed: closed`,
    ),
    row(
      'mqtt_protocol_error',
      'bad_header',
      /^(?:MQTT protocol error|MQTT detected a (?:framing|packet) error|MQTT cannot (?:parse|accept|recover|start)|Unparseable MQTT|Rejected (?:Web )?MQTT connection|Rejecting MQTT|Extended authentication|MQTT client ID must|Received a PUBLISH|Web MQTT protocol error|Web MQTT: )/,
      [
        'The broker refused the MQTT client{at}: it sent something that is not valid MQTT here.',
        'A client of another protocol or for an MQTT version that is not supported, a wrong client ID, or a health check that sends data.',
        'Compare the MQTT version of the client (3.1, 3.1.1, 5) with the broker: MQTT 5 needs RabbitMQ 3.13 or later.',
      ],
      'maybe',
      `MQTT protocol error on connection ${ENDS}: {socket_ends,einval}`,
      `Rejected MQTT connection ${ENDS} with Connect Reason Code 5`,
      `Unparseable MQTT packet received from connection ${ENDS}`,
      `MQTT cannot accept connection ${ENDS}: incompatible protocol version`,
    ),
    row(
      'mqtt_closed',
      'connection_closed',
      /^(?:closing (?:Web )?MQTT connection|MQTT (?:closing connection|disconnecting|connection)|Web MQTT (?:closing|disconnecting)|Terminating MQTT|MQTT )/,
      [
        'The connection of the MQTT client{at} ended.',
        'The client or the broker closed it. The text may have a reason.',
        'Nothing, if it was intended.',
      ],
      'no',
      `closing MQTT connection <0.748.0> (${quotedEnds})`,
      `MQTT disconnecting client ${quotedEnds} with client ID 'sensor-1', reason: shutdown`,
      `Web MQTT closing connection ${ENDS}: normal`,
    ),
  ],
};

/** What the readers of STOMP log. */
export const STOMP: Family = {
  title: 'STOMP',
  intro: 'Entries of the STOMP plugin, also of STOMP over WebSockets.',
  of: 'entry',
  begins: /^(?:(?:accepting|closing|Terminating) |STOMP|Web STOMP)/,
  rows: [
    row(
      'stomp_accepted',
      null,
      /^accepting STOMP connection/,
      ['A STOMP client{at} connected.', NORMAL, NOTHING],
      'no',
      `accepting STOMP connection <0.748.0> (${ENDS})`,
    ),
    row(
      'stomp_heartbeats',
      'missed_heartbeats',
      /missed client heartbeat/,
      [
        'The STOMP client{at} sent no heartbeats, and the broker closed the connection.',
        'The client is blocked or gone.',
        'Let the client send heartbeats in time, or agree on longer ones.',
      ],
      'maybe',
      `STOMP detected missed client heartbeat(s) on connection ${ENDS}, closing it`,
    ),
    row(
      'stomp_login_timeout',
      'handshake_timeout',
      /never completed connection handshake|\(login timeout\)/,
      [
        'A STOMP client connected and sent no CONNECT frame in time.',
        'A health check or port scan, or a client that is blocked.',
        'Nothing, if it is a health check.',
      ],
      'maybe',
      'closing STOMP connection that never completed connection handshake (negotiation)',
      'Web STOMP: closing connection (login timeout)',
    ),
    row(
      'stomp_tls_on_plain_port',
      'bad_header',
      /^STOMP detected TLS ClientHello/,
      [
        'The STOMP client{at} started TLS on a port without TLS.',
        'The client has TLS switched on and the wrong port.',
        TLS_PORT(61613, 61614),
      ],
      'yes',
      'STOMP detected TLS ClientHello from 10.0.0.7:50122: TLS-enabled client is connecting to a non-TLS STOMP listener',
    ),
    row(
      'stomp_tls_error',
      'handshake_error',
      /^STOMP detected TLS/,
      [
        'The TLS handshake of the STOMP client{at} failed.',
        'Certificates, versions or cipher suites do not fit.',
        'Test with `openssl s_client -connect HOST:61614 -CAfile ca.pem`.',
      ],
      'yes',
      `STOMP detected TLS upgrade error on ${ENDS}: handshake failure`,
    ),
    row(
      'stomp_login_failed',
      'auth_failure',
      /^STOMP (?:login failed|connection failed: access refused)/,
      [
        'The broker refused the login of a STOMP client.',
        'A wrong user or password, a user that may only connect from localhost, or no permission for the virtual host.',
        'Check `login`, `passcode` and `host` (the virtual host) of the CONNECT frame.',
      ],
      'yes',
      "STOMP login failed for user 'app': authentication failed",
      "STOMP connection failed: access refused for user 'app' to vhost '/'",
    ),
    row(
      'stomp_limit',
      'access_refused',
      /^STOMP connection failed/,
      [
        'The broker refused a STOMP client: a limit was reached, or its virtual host does not exist.',
        'See the text.',
        'Raise the limit, or create the virtual host.',
      ],
      'yes',
      "STOMP connection failed: virtual host 'orders' does not exist",
    ),
    row(
      'stomp_error_frame',
      null,
      /^(?:STOMP error frame sent|STOMP detected framing error)/,
      [
        'The broker sent an ERROR frame to a STOMP client: see the text.',
        'The client sent a wrong frame, or used something that does not exist or that it may not use.',
        'Correct the client as the text says.',
      ],
      'maybe',
      'STOMP error frame sent:\nMessage: "not_found"\nDetail: "NOT_FOUND"\nServer private detail: none',
    ),
    row(
      'stomp_network_error',
      'connection_closed_abruptly',
      /^STOMP (?:detected network error|connection .* terminated)/,
      [
        'The connection of the STOMP client{at} was lost.',
        'The client left without DISCONNECT, or lost its network.',
        'Nothing, if it is rare.',
      ],
      'maybe',
      `STOMP detected network error on ${ENDS}: econnreset`,
    ),
    row(
      'stomp_closed',
      'connection_closed',
      /^(?:closing STOMP connection|Terminating STOMP|Web STOMP|STOMP )/,
      [
        'The connection of the STOMP client{at} ended.',
        'The client or the broker closed it. The text may have a reason.',
        'Nothing, if it was intended.',
      ],
      'no',
      `closing STOMP connection <0.748.0> (${quotedEnds})`,
      'Web STOMP: will terminate connection process <0.748.0>, reason: normal',
    ),
  ],
};

/** What the readers of the stream protocol log. */
export const STREAM: Family = {
  title: 'Streams',
  intro: 'Entries of the stream plugin. Most do not name the client.',
  of: 'entry',
  begins:
    /^(?:Stream |stream |Forc(?:e|ing) |Closing (?:stream )?(?:connection because|connection|socket)|Closing connection because of|Socket |Heartbeat send|Error (?:during socket|while sending)|Received (?:unknown|unrecognised|close conf)|unknown command|Frame size|Opening connection|Not allowed to change|User '|ignored command|Ignored unknown)/,
  rows: [
    row(
      'stream_tls_on_plain_port',
      'bad_header',
      /^Stream protocol detected TLS ClientHello/,
      [
        'The stream client{at} started TLS on a port without TLS.',
        'The client has TLS switched on and the wrong port.',
        TLS_PORT(5552, 5551),
      ],
      'yes',
      'Stream protocol detected TLS ClientHello from 10.0.0.7:50122: TLS-enabled client is connecting to a non-TLS stream listener',
    ),
    row(
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
    row(
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
    row(
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
    row(
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
    row(
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
    row(
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
