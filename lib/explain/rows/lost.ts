import { PLAIN_WORDS } from '../../amqp/plain-words.js';
import { closing, ENDS } from '../examples.js';
import type { Family } from '../row.js';

const ABRUPT = /^(?:client unexpectedly closed TCP connection|\{?connection_closed_abruptly)/;
const socketError = (text: string): string => `Error on AMQP connection <0.748.0>: ${text}`;

/** Connections that ended without a Close: by the client, by the network, or by a timeout. */
export const LOST: Family = {
  title: 'Lost connections',
  intro: 'TCP ended without an orderly Close of AMQP.',
  of: 'reason',
  rows: [
    {
      name: 'connection_lost',
      reason: 'connection_closed_abruptly',
      examples: [
        `closing AMQP connection <0.748.0> (${ENDS}, vhost: '/', user: 'app'):\nclient unexpectedly closed TCP connection`,
        `closing AMQP connection <0.748.0> (${ENDS} - billing, vhost: 'orders', user: 'app', duration: '2H, 0M, 3s'):\nclient unexpectedly closed TCP connection`,
      ],
      pattern: ABRUPT,
      when: ({ subject }) => subject.vhost !== null,
      what: `The client{at} (user '{user}', virtual host '{vhost}') closed TCP ${PLAIN_WORDS.connection_closed_abruptly}.`,
      cause:
        'The application ended or crashed without closing its connection (also short scripts, PHP), or a load balancer, NAT or firewall cut a connection that was idle for too long.',
      worry: 'maybe',
      fix: 'Close the connection before the application exits. If it happens at a fixed age, set the heartbeat below the idle timeout of what is between (`heartbeat = 30` in rabbitmq.conf, or `?heartbeat=30` in the URI).',
    },
    {
      name: 'left_before_open',
      reason: 'connection_closed_abruptly',
      examples: [
        `closing AMQP connection <0.748.0> (${ENDS}, vhost: 'none', user: 'app'):\nclient unexpectedly closed TCP connection`,
      ],
      pattern: ABRUPT,
      when: ({ subject }) => subject.user !== null,
      what: "The client{at} logged in as '{user}' and closed TCP before it opened a virtual host.",
      cause:
        'The client gave up during the handshake: its own connection timeout was too short, or it does not accept the limits in Tune. It can also be a health check that logs in.',
      worry: 'maybe',
      fix: "Look into the client's log. Raise its connection timeout if the broker or its auth backend is slow.",
    },
    {
      name: 'connection_closed_abruptly',
      reason: 'connection_closed_abruptly',
      examples: [closing('client unexpectedly closed TCP connection'), closing('connection_closed_abruptly')],
      pattern: ABRUPT,
      what: 'The client{at} sent something and then closed TCP without logging in.',
      cause:
        'A health check that sends a few bytes or the AMQP header (HAProxy `tcp-check send-binary`), a client whose connection timeout is shorter than the handshake takes, a client that does not trust the answer, or a login that was refused. Up to RabbitMQ 3.6.9 the entry is the same for connections that were open.',
      worry: 'maybe',
      fix: 'If the entries come at a fixed interval from one address, it is a health check: let it send nothing, and RabbitMQ logs it at debug only. Otherwise look into the log of the client.',
    },
    {
      name: 'missed_heartbeats',
      reason: 'missed_heartbeats',
      examples: [closing('missed heartbeats from client, timeout: 60s'), closing('{heartbeat_timeout,running}')],
      pattern: /^(?:missed heartbeats from client, timeout: (?<timeout>\d+)s|\{heartbeat_timeout,(?<timeout2>\w+))/,
      what: ({ subject: { client }, groups: { timeout } }) =>
        `The client${client === null ? '' : ` at ${client}`} ${timeout === undefined ? 'missed its heartbeats, and the broker ended the connection' : PLAIN_WORDS.missed_heartbeats(timeout)}.`,
      cause:
        'The client is blocked: a consumer works in the thread that should send heartbeats (pika `BlockingConnection`, PHP, Python), the process is paused or starved of CPU, or the network or machine is gone.',
      worry: 'yes',
      fix: 'Do long work in another thread (pika: `add_callback_threadsafe` or `process_data_events`), or raise the heartbeat in the client (`?heartbeat=300`). Do not switch it off.',
    },
    {
      name: 'heartbeat_not_sent',
      reason: 'connection_closed_abruptly',
      examples: [
        closing('{inet_error,{heartbeat_send_error,timeout}}'),
        closing('{inet_error,{heartbeat_send_error,closed}}'),
        closing('{heartbeat_send_error,etimedout}'),
      ],
      pattern: /heartbeat_send_error,(?<code>\w+)/,
      what: 'The broker could not send a heartbeat to the client{at} ({code}), and closed the connection.',
      cause:
        'The client or its network is gone, or the client does not read (a consumer that is flooded with messages it does not fetch).',
      worry: 'maybe',
      fix: 'If it repeats, set a prefetch in the consumer (`basic.qos`), and look at the network between client and broker.',
    },
    {
      name: 'send_failed',
      reason: 'connection_closed_abruptly',
      examples: [closing('{writer,send_failed,{error,timeout}}'), closing('{writer,send_failed,timeout}')],
      pattern: /^\{writer,send_failed,(?:\{error,)?\{?timeout/,
      what: 'The broker could not send to the client{at} within the send timeout, because the client did not read, and closed the connection.',
      cause:
        'The consumer is too slow or blocked, and the TCP buffers are full; or the client machine is gone without a reset.',
      worry: 'yes',
      fix: 'Set a prefetch in the consumer (`basic.qos`, for example 100), and do not block the thread that reads from the connection.',
    },
    {
      name: 'send_to_closed',
      reason: 'connection_closed_abruptly',
      examples: [
        closing('{writer,send_failed,{error,closed}}'),
        closing('{writer,send_failed,{error,etimedout}}'),
        closing('{writer,send_failed,{error,enotconn}}'),
        closing('{writer,send_failed,einval}'),
      ],
      pattern: /^\{(?:channel\d+,)?writer,send_failed,(?:\{error,)?\{?(?<code>\w+)/,
      what: 'The broker could not deliver to the client{at} because the connection was gone ({code}).',
      cause: 'The client ended or lost its network while messages were on their way to it.',
      worry: 'maybe',
      fix: 'Close consumers and connections before the application exits. Unacknowledged messages are delivered again.',
    },
    {
      name: 'network_timeout',
      reason: 'connection_closed_abruptly',
      examples: [
        closing('{inet_error,etimedout}'),
        closing('{inet_error,ehostunreach}'),
        closing('{inet_error,timeout}'),
      ],
      pattern: /^\{inet_error,\{?(?:error,)?(?<code>etimedout|ehostunreach|enetunreach|enetdown|timeout|ehostdown)/,
      what: 'The network to the client{at} stopped working: TCP gave up ({code}).',
      cause:
        'The client machine crashed, was powered off or lost its network, or a firewall, NAT or VPN forgot the connection.',
      worry: 'maybe',
      fix: 'Use heartbeats of 10 to 30 s, which keep the connection in the tables of firewalls and find dead peers sooner.',
    },
    {
      name: 'tls_error_while_open',
      reason: 'connection_closed_abruptly',
      examples: [
        closing(
          '{inet_error,{tls_alert,{bad_record_mac,"TLS server: In state connection at ssl_record.erl:1 generated SERVER ALERT: Fatal - Bad Record MAC\\n"}}}',
        ),
        closing('{inet_error,{tls_alert,"record overflow"}}'),
      ],
      pattern: /^\{inet_error,\{tls_alert,(?:\{(?<alert>\w+)|"(?<alert2>[^"]*))/,
      what: ({ subject: { client }, groups }) =>
        `The TLS connection of the client${client === null ? '' : ` at ${client}`} ended with an alert: ${groups['alert'] ?? groups['alert2'] ?? 'unknown'}.`,
      cause:
        'Two threads or processes wrote to one TLS connection (also after a fork), a device changed the bytes, or the client ended TLS with an error.',
      worry: 'yes',
      fix: 'Connect after the fork and use one connection per process. Look into the log of the client.',
    },
    {
      name: 'reset_by_peer',
      reason: 'connection_closed_abruptly',
      examples: [
        closing('{inet_error,closed}'),
        closing('{inet_error,econnreset}'),
        closing('{inet_error,enotconn}'),
        closing('{inet_error,einval}'),
        closing('{inet_error,epipe}'),
      ],
      pattern: /^\{inet_error,\{?(?:error,)?(?<code>\w+)/,
      what: 'The connection of the client{at} was already gone when the broker used it ({code}).',
      cause:
        'The client reset the connection: a health check that leaves at once, an application that was killed, or a load balancer or firewall that cut it.',
      worry: 'maybe',
      fix: 'If the entries come at a fixed interval from one address, it is a health check: let it close with a FIN (HAProxy: `tcp-check connect linger`), or send nothing.',
    },
    {
      name: 'socket_error',
      reason: 'connection_closed_abruptly',
      examples: [
        socketError('enotconn (socket is not connected)'),
        socketError('einval (invalid argument)'),
        socketError('econnreset (connection reset by peer)'),
      ],
      pattern: /^(?<code>(?:e[a-z]+|closed|timeout|nxdomain)) \(/,
      what: 'A client was gone before the broker could begin with its connection ({code}).',
      cause: 'A health check or port scan that resets the connection at once.',
      worry: 'no',
      fix: 'Nothing. To avoid the entries, let the health check close with a FIN (HAProxy: `tcp-check connect linger`).',
    },
  ],
};
