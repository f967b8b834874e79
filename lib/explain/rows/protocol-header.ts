import type { Quad } from '../../amqp/header.js';
import { PLAIN_WORDS } from '../../amqp/plain-words.js';
import { describeQuad } from '../../amqp/version-quad.js';
import { closing, ENDS } from '../examples.js';
import type { Family, Match, Row } from '../row.js';

/** The three texts in which brokers name the octets of a bad header, or what they recognized in them. */
const BAD_HEADER =
  /^(?:\{bad_header,|\{detected_unexpected_\w+_header,|client did not start with AMQP protocol header|(?:TLS client|HTTP GET request) detected on)/;

const looks =
  (...kinds: readonly string[]) =>
  ({ looksLike }: Match): boolean =>
    looksLike !== null && kinds.includes(looksLike.what);

/** A row for clients whose first bytes are those of another protocol. */
const peer = (
  name: string,
  kinds: readonly string[],
  shown: string,
  row: Pick<Row, 'what' | 'cause' | 'fix' | 'worry'> & { readonly more?: readonly string[] },
): Row => {
  const { more = [], ...words } = row;
  return {
    name,
    reason: 'bad_header',
    examples: [closing(`{bad_header,${shown}}`), ...more],
    pattern: BAD_HEADER,
    when: looks(...kinds),
    ...words,
  };
};

const detected = (sentence: string): string =>
  `closing AMQP connection ${ENDS} (duration: '0ms'):\n${sentence} detected on ${sentence.startsWith('TLS') ? 'non-TLS AMQP' : 'AMQP'} port. Ensure the client is connecting to the correct port.`;

const quadOf = ({ groups }: Match): Quad => [
  Number(groups['a']),
  Number(groups['b']),
  Number(groups['c']),
  Number(groups['d']),
];

const HTTP_CAUSE =
  'An HTTP health check (load balancer, Kubernetes `httpGet` probe, monitoring), a browser, or a client of the management API with the wrong port.';

/** Methods that few programs send first. */
const HTTP_CAUSES: { readonly [method: string]: string } = {
  OPTIONS:
    'The check `option httpchk` of HAProxy, or another HTTP health check. RTSP and SIP clients begin with the same bytes.',
  CONNECT: 'A client that uses this address as its HTTP proxy (`http_proxy`), or a NATS client.',
};

/** What can go wrong in the first 8 bytes of a connection. */
export const PROTOCOL_HEADER: Family = {
  title: 'The first bytes',
  intro:
    'A client begins with 8 bytes: `AMQP` and a version. RabbitMQ decides on these 8 bytes alone, and refuses everything else at once.',
  of: 'reason',
  rows: [
    {
      name: 'connection_closed_with_no_data_received',
      reason: 'connection_closed_with_no_data_received',
      examples: [closing('connection_closed_with_no_data_received')],
      pattern: /^connection_closed_with_no_data_received/,
      what: `The client{at} closed the connection ${PLAIN_WORDS.connection_closed_with_no_data_received}.`,
      cause: 'A TCP health check of a load balancer or monitoring system, or a port scan.',
      worry: 'no',
      fix: 'Nothing. RabbitMQ logs this at debug only: to hide it, set `log.connection.level = info` in rabbitmq.conf.',
    },
    peer('tls_on_plain_port', ['tls'], '<<22,3,1,2,0,1,0,1>>', {
      what: 'The client{at} started a TLS handshake on a port without TLS.',
      cause:
        'The client uses an `amqps://` URI or has TLS switched on, but connects to 5672 instead of 5671. It can also be a TLS health check or an HTTPS client.',
      worry: 'yes',
      fix: 'Connect to the TLS port (5671, `listeners.ssl.default = 5671` in rabbitmq.conf), or switch TLS off in the client (`amqp://`).',
      more: [detected('TLS client')],
    }),
    peer('http_on_amqp_port', ['http', 'http2'], '<<"GET / HT">>', {
      what: ({ octets, subject }) =>
        `The client${subject.client === null ? '' : ` at ${subject.client}`} sent an HTTP request${methodOf(octets) && ` (\`${methodOf(octets)}\`)`} to the AMQP port.`,
      cause: ({ octets }) => HTTP_CAUSES[methodOf(octets)] ?? HTTP_CAUSE,
      worry: 'maybe',
      fix: 'Use a TCP check for 5672, or send HTTP to the management API (15672), for example `GET /api/health/checks/port-listener/5672`. Metrics are on port 15692.',
      more: [detected('HTTP GET request')],
    }),
    peer('proxy_header_on_amqp_port', ['proxy_protocol_v1', 'proxy_protocol_v2'], '<<"PROXY TC">>', {
      what: 'A load balancer{at} sent a PROXY protocol header, which this listener does not accept.',
      cause:
        'The load balancer has the PROXY protocol switched on (HAProxy `send-proxy`, NGINX `proxy_protocol on`, AWS NLB "proxy protocol v2"), but the broker has not.',
      worry: 'yes',
      fix: 'Set `proxy_protocol = true` in rabbitmq.conf, and then send all clients of the port through the load balancer. Or switch it off in the load balancer (`send-proxy-v2`, target group attribute).',
      more: [closing('{bad_header,<<13,10,13,10,0,13,10,81>>}')],
    }),
    peer('amqp_frame_first', ['amqp_frame'], '<<8,0,0,0,0,0,0,206>>', {
      what: 'The client{at} sent an AMQP frame without a protocol header before it.',
      cause:
        'A client that reuses its old session after a reconnect, for example through a load balancer that switched brokers, or a bug in a client library.',
      worry: 'maybe',
      fix: 'Update the client library. Do not let a load balancer move open connections to another broker.',
    }),
    peer('amqp_as_text', ['amqp_text'], '<<"amqp0091">>', {
      what: 'The client{at} sent the protocol header as text instead of its bytes.',
      cause:
        'A person with telnet or nc, or a script or monitoring check that writes "AMQP0091". The version must be the bytes 0 0 9 1, not digits.',
      worry: 'no',
      fix: "Send the bytes: `printf 'AMQP\\0\\0\\11\\1' | nc HOST 5672`. In HAProxy: `tcp-check send-binary 414d515000000901`.",
    }),
    {
      name: 'blackbox_exporter',
      reason: 'bad_header',
      examples: [closing('{bad_header,<<"HELO\\r\\n\\r\\n">>}')],
      pattern: BAD_HEADER,
      when: ({ octets }) => octets !== null && String.fromCharCode(...octets).startsWith('HELO\r\n'),
      what: 'A health check{at} sent `HELO` and line breaks to make the broker answer with its protocol header.',
      cause:
        "Prometheus' blackbox exporter with the module for RabbitMQ of its example configuration, or a script like it.",
      worry: 'no',
      fix: 'Use a check that costs no log lines: the module `tcp_connect`, or `GET /api/health/checks/port-listener/5672` of the management API.',
    },
    peer(
      'port_scan',
      ['rdp', 'smb', 'zeros', 'sslv2', 'java_rmi', 'socks5', 'rtsp', 'sip', 'dns', 'kerberos'],
      '<<3,0,0,19,14,224,0,0>>',
      {
        what: ({ looksLike, subject: { client } }) =>
          `The client${client === null ? '' : ` at ${client}`} tried another protocol on the AMQP port. It looks like ${looksLike?.detail}.`,
        cause:
          'A port scan or vulnerability scan of your own security team, or, if the port is reachable from the internet, of anyone.',
        worry: 'maybe',
        fix: 'If the address is not yours, close the port in the firewall: 5672 and 5671 should not be reachable from the internet.',
        more: [closing('{bad_header,<<0,0,0,0,0,0,0,0>>}')],
      },
    ),
    peer('other_node_on_amqp_port', ['erlang_distribution', 'epmd'], '<<0,1,110>>', {
      what: 'An Erlang node or command line tool{at} connected to the AMQP port.',
      cause:
        'Another RabbitMQ node, rabbitmqctl or a monitoring tool has the wrong port for the distribution (25672) or for epmd (4369).',
      worry: 'yes',
      fix: 'Check `RABBITMQ_DIST_PORT`, `ERL_EPMD_PORT` and `inet_dist_listen_min` on that machine.',
    }),
    peer('stream_client_on_amqp_port', ['rabbitmq_stream'], '<<0,0,0,64,0,17,0,1>>', {
      what: 'A client of the RabbitMQ stream protocol{at} connected to the AMQP port.',
      cause: 'The client has the wrong port.',
      worry: 'yes',
      fix: 'Connect to port 5552 (5551 with TLS), with the plugin enabled: `rabbitmq-plugins enable rabbitmq_stream`.',
    }),
    peer('mqtt_on_amqp_port', ['mqtt'], '<<16,12,0,4,77,81,84,84>>', {
      what: 'An MQTT client{at} connected to the AMQP port.',
      cause: 'The client has the wrong port.',
      worry: 'yes',
      fix: 'Connect to port 1883 (8883 with TLS), with the plugin enabled: `rabbitmq-plugins enable rabbitmq_mqtt`.',
    }),
    peer('stomp_on_amqp_port', ['stomp'], '<<"CONNECT\\n">>', {
      what: 'A STOMP client{at} connected to the AMQP port.',
      cause: 'The client has the wrong port.',
      worry: 'yes',
      fix: 'Connect to port 61613, with the plugin enabled: `rabbitmq-plugins enable rabbitmq_stomp`.',
    }),
    {
      name: 'bad_header',
      reason: 'bad_header',
      examples: [
        closing('{bad_header,<<"SSH-2.0-">>}'),
        `closing AMQP connection ${ENDS} (duration: '0ms'):\nclient did not start with AMQP protocol header: <<"GARBAGE!">>`,
      ],
      pattern: BAD_HEADER,
      what: ({ looksLike, octets, subject: { client } }) =>
        `The client${client === null ? '' : ` at ${client}`} ${octets === null ? 'did not send an AMQP protocol header' : PLAIN_WORDS.bad_header(octets)}.${
          looksLike === null ? '' : ` It looks like ${looksLike.detail}.`
        }`,
      cause: 'A client of another protocol with the wrong port, a health check that sends something, or a port scan.',
      worry: 'maybe',
      fix: 'Find the program on the named address (`ss -tnp` there shows which process owns the port), and change its port, or its health check to a TCP check.',
    },
    {
      name: 'bad_version',
      reason: 'bad_version',
      examples: [closing('{bad_version,{48,48,57,49}}'), closing('{bad_version,{1,1,0,10}}')],
      pattern: /^\{bad_version,\{(?<a>\d+),(?<b>\d+),(?<c>\d+),(?<d>\d+)\}\}/,
      what: (match) =>
        `The client${match.subject.client === null ? '' : ` at ${match.subject.client}`} ${PLAIN_WORDS.bad_version(quadOf(match))}.`,
      cause: (match) => describeQuad(quadOf(match)).cause,
      worry: 'maybe',
      fix: (match) => describeQuad(quadOf(match)).fix,
    },
  ],
};

/** The method of an HTTP request; empty for HTTP/2. */
function methodOf(octets: Uint8Array | null): string {
  const method = octets && /^[A-Z]+/.exec(String.fromCharCode(...octets))?.[0];
  return method && method !== 'PRI' ? method : '';
}
