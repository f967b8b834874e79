import { ENDS } from '../examples.js';
import type { Family } from '../row.js';
import { NORMAL, NOTHING, quotedEnds, shortRow, tlsPort } from './short-row.js';

/** What the readers of STOMP log. */
export const STOMP: Family = {
  title: 'STOMP',
  intro: 'Entries of the STOMP plugin, also of STOMP over WebSockets.',
  of: 'entry',
  begins: /^(?:(?:accepting|closing|Terminating) |STOMP|Web STOMP)/,
  rows: [
    shortRow(
      'stomp_accepted',
      null,
      /^accepting STOMP connection/,
      ['A STOMP client{at} connected.', NORMAL, NOTHING],
      'no',
      `accepting STOMP connection <0.748.0> (${ENDS})`,
    ),
    shortRow(
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
    shortRow(
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
    shortRow(
      'stomp_tls_on_plain_port',
      'bad_header',
      /^STOMP detected TLS ClientHello/,
      [
        'The STOMP client{at} started TLS on a port without TLS.',
        'The client has TLS switched on and the wrong port.',
        tlsPort(61613, 61614),
      ],
      'yes',
      'STOMP detected TLS ClientHello from 10.0.0.7:50122: TLS-enabled client is connecting to a non-TLS STOMP listener',
    ),
    shortRow(
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
    shortRow(
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
    shortRow(
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
    shortRow(
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
    shortRow(
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
    shortRow(
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
