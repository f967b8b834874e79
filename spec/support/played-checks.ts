import type { Evidence } from '../../lib/health-check/evidence.js';
import type { Guess } from '../../lib/health-check/guess.js';
import type { HealthCheckStyle } from '../../lib/health-check/style.js';
import { outlineOf } from '../../lib/proxy-protocol/outline.js';
import { readHttpRequest } from '../../lib/text/http-request.js';
import { readClientHello } from '../../lib/tls/client-hello.js';
import { ascii, concat, hex } from './bytes.js';

/** One connection of a health check. */
export type PlayedCheck = {
  /** The program and its configuration. */
  readonly name: string;
  /** The source of the octets. */
  readonly from: string;
  readonly style: HealthCheckStyle;
  /** All octets that it sends. @defaultValue none */
  readonly sent?: Uint8Array;
  readonly close: 'fin' | 'rst' | null;
  /** How long it stays, in ms. @defaultValue 1 */
  readonly stays?: number;
  readonly hasStart?: true;
  readonly overTls?: true;
  /** Whether the proxy accepts its PROXY header. */
  readonly isAccepted?: true;
  /** @defaultValue 10.0.0.7 */
  readonly source?: string;
  readonly guess: Pick<Guess, 'what' | 'confidence'>;
  readonly isSignature?: true;
};

const CAPTURED = 'captured from HAProxy 2.6.12 of Debian 12';
const HEADER = hex('414d515000000901');

const request = (line: string, ...headers: readonly string[]): Uint8Array =>
  ascii([line, 'Host: 10.0.0.2:5672', ...headers, '', ''].join('\r\n'));

/** A ClientHello of the given length; its random part does not matter. */
const hello = (start: string, length: number): Uint8Array => {
  const octets = new Uint8Array(length);
  octets.set(hex(start));
  return octets;
};

const agent = (name: string, userAgent: string, from: string, guess: PlayedCheck['guess']): PlayedCheck => ({
  name,
  from,
  style: 'http',
  sent: request('GET / HTTP/1.1', `User-Agent: ${userAgent}`),
  close: 'fin',
  guess,
  ...(guess.confidence === 'certain' && !['curl', 'scan'].includes(guess.what) && { isSignature: true }),
});

/** What real programs send. Those that Debian has are also run by spec/e2e/health-checks.spec.ts. */
export const PLAYED_CHECKS: readonly PlayedCheck[] = [
  {
    name: 'HAProxy: tcp-check connect linger',
    from: CAPTURED,
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  {
    name: 'HAProxy: tcp-check send-binary, expect',
    from: CAPTURED,
    style: 'header_only',
    sent: HEADER,
    close: 'rst',
    hasStart: true,
    guess: { what: 'haproxy_amqp_check', confidence: 'likely' },
  },
  {
    name: 'HAProxy: tcp-check connect linger, send-binary, expect',
    from: CAPTURED,
    style: 'header_only',
    sent: HEADER,
    close: 'fin',
    hasStart: true,
    guess: { what: 'amqp_header_check', confidence: 'possible' },
  },
  {
    name: 'HAProxy: tcp-check expect without send',
    from: CAPTURED,
    style: 'no_data_reset',
    close: 'rst',
    stays: 2_000,
    guess: { what: 'haproxy_expect_check', confidence: 'likely' },
  },
  {
    name: 'HAProxy: option httpchk',
    from: CAPTURED,
    style: 'http',
    sent: ascii('OPTIONS / HTTP/1.0\r\n\r\n'),
    close: 'rst',
    guess: { what: 'haproxy_httpchk', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: send-proxy, not accepted',
    from: CAPTURED,
    style: 'proxy_only',
    sent: ascii('PROXY TCP4 127.0.0.1 127.0.0.1 53984 23115\r\n'),
    close: 'rst',
    guess: { what: 'haproxy_proxy_v1', confidence: 'likely' },
  },
  {
    name: 'HAProxy: send-proxy, accepted',
    from: CAPTURED,
    style: 'proxy_only',
    sent: ascii('PROXY TCP4 127.0.0.1 127.0.0.1 53984 23115\r\n'),
    close: 'rst',
    isAccepted: true,
    guess: { what: 'haproxy_proxy_v1_check', confidence: 'possible' },
  },
  {
    name: 'HAProxy: send-proxy-v2 check-send-proxy, not accepted',
    from: CAPTURED,
    style: 'proxy_local',
    sent: hex('0d0a0d0a000d0a515549540a 20 00 0000'),
    close: 'rst',
    guess: { what: 'haproxy_proxy_v2_check', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: send-proxy-v2 check-send-proxy, accepted',
    from: CAPTURED,
    style: 'proxy_local',
    sent: hex('0d0a0d0a000d0a515549540a 20 00 0000'),
    close: 'rst',
    isAccepted: true,
    guess: { what: 'haproxy_proxy_v2_check', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: send-proxy-v2 proxy-v2-options crc32c check-send-proxy, accepted',
    from: CAPTURED,
    style: 'proxy_local',
    sent: hex('0d0a0d0a000d0a515549540a 20 00 0007 03 0004 a9b87e8f'),
    close: 'rst',
    isAccepted: true,
    guess: { what: 'haproxy_proxy_v2_check', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: tcp-check connect send-proxy, send-binary, expect, accepted',
    from: CAPTURED,
    style: 'proxy_local',
    sent: concat(hex('0d0a0d0a000d0a515549540a 20 00 0000'), HEADER),
    close: 'rst',
    hasStart: true,
    isAccepted: true,
    guess: { what: 'haproxy_amqp_check', confidence: 'likely' },
  },
  {
    name: 'a load balancer with other TLVs in its LOCAL header',
    from: 'section 2.2 of the PROXY protocol',
    style: 'proxy_local',
    sent: hex('0d0a0d0a000d0a515549540a 20 11 0013 7f000001 7f000001 0001 0002 05 0004 00000001'),
    close: 'fin',
    isAccepted: true,
    guess: { what: 'load_balancer_check', confidence: 'likely' },
  },
  {
    name: 'HAProxy: option ssl-hello-chk',
    from: CAPTURED,
    style: 'tls_hello',
    sent: hello('1603000079010000750300 6b0b1348 484150524f585953534c43484b', 126),
    close: 'rst',
    guess: { what: 'haproxy_ssl_hello_chk', confidence: 'certain' },
    isSignature: true,
  },
  {
    name: 'HAProxy: check-ssl',
    from: CAPTURED,
    style: 'tls_hello',
    sent: hello('16030102000100 01fc0303', 517),
    close: 'rst',
    guess: { what: 'haproxy_check_ssl', confidence: 'likely' },
  },
  {
    name: 'HAProxy: option redis-check',
    from: CAPTURED,
    style: 'other',
    sent: ascii('*1\r\n$4\r\nPING\r\n'),
    close: null,
    guess: { what: 'haproxy_redis_check', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: option ldap-check',
    from: CAPTURED,
    style: 'other',
    sent: hex('300c0201016007020103 04008000'),
    close: null,
    guess: { what: 'haproxy_ldap_check', confidence: 'likely' },
    isSignature: true,
  },
  {
    name: 'HAProxy: option spop-check',
    from: CAPTURED,
    style: 'other',
    sent: hex(
      `0000004e 01 00000001 0000 12737570706f727465642d76657273696f6e73 0803 322e30
       0e6d61782d6672616d652d73697a65 03fcf006 0c6361706162696c6974696573 0800 0b6865616c7468636865636b 11`,
    ),
    close: null,
    guess: { what: 'haproxy_spop_check', confidence: 'certain' },
    isSignature: true,
  },
  {
    name: 'HAProxy: option mysql-check',
    from: CAPTURED,
    style: 'no_data',
    close: 'fin',
    stays: 2_000,
    guess: { what: 'haproxy_mysql_check', confidence: 'possible' },
  },
  {
    name: 'keepalived: TCP_CHECK',
    from: 'played: connect(), then close(), as check_tcp.c of keepalived 2.2 does',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  {
    name: 'Kubernetes: tcpSocket probe',
    from: 'pkg/probe/tcp/tcp.go of Kubernetes 1.29: dial, then Close with SO_LINGER of 1 s',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  {
    name: 'Kubernetes: httpGet probe',
    from: 'pkg/probe/http/request.go of Kubernetes 1.29',
    style: 'http',
    sent: request('GET / HTTP/1.1', 'User-Agent: kube-probe/1.29', 'Accept: */*', 'Connection: close'),
    close: 'fin',
    guess: { what: 'kubernetes_http_get', confidence: 'certain' },
    isSignature: true,
  },
  ...([undefined, true] as const).map(
    (isAccepted): PlayedCheck => ({
      name: `AWS: Network Load Balancer with proxy protocol, ${isAccepted ? 'accepted' : 'not accepted'}`,
      from: 'captured in front of a broker by an operator',
      style: 'proxy_local',
      sent: concat(hex('0d0a0d0a000d0a515549540a 20 11 0054 03 0004 bce5951f 04 004a'), new Uint8Array(74)),
      close: 'fin',
      ...(isAccepted && { isAccepted }),
      guess: { what: 'aws_nlb', confidence: 'certain' },
      isSignature: true,
    }),
  ),
  agent('AWS: HTTP health check', 'ELB-HealthChecker/2.0', 'documentation of Elastic Load Balancing', {
    what: 'aws_elb',
    confidence: 'certain',
  }),
  {
    name: 'AWS: Classic Load Balancer with a TCP check',
    from: 'documentation of Elastic Load Balancing: it opens a connection',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  agent(
    'AWS: Route 53',
    'Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)',
    'documentation',
    {
      what: 'aws_route53',
      confidence: 'certain',
    },
  ),
  {
    name: 'Azure: TCP probe',
    from: 'documentation of Azure Load Balancer: three-way open, four-way close, from 168.63.129.16',
    style: 'no_data',
    close: 'fin',
    source: '168.63.129.16',
    guess: { what: 'azure_load_balancer', confidence: 'likely' },
  },
  agent('Azure: HTTP probe', 'Load Balancer Agent', 'documentation of Azure Load Balancer', {
    what: 'azure_load_balancer',
    confidence: 'certain',
  }),
  {
    name: 'Google Cloud: TCP health check',
    from: 'documentation of Cloud Load Balancing: from 35.191.0.0/16 and 130.211.0.0/22, FIN or RST',
    style: 'no_data_reset',
    close: 'rst',
    source: '35.191.10.4',
    guess: { what: 'gcp_health_check', confidence: 'likely' },
  },
  agent('Google Cloud: HTTP health check', 'GoogleHC/1.0', 'documentation of Cloud Load Balancing', {
    what: 'gcp_health_check',
    confidence: 'certain',
  }),
  {
    name: 'Consul: TCP check',
    from: 'agent/checks/check.go of Consul 1.20: dial, then Close',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  agent('Consul: HTTP check', 'Consul Health Check', 'agent/checks/check.go of Consul 1.20', {
    what: 'consul_http_check',
    confidence: 'certain',
  }),
  ...([undefined, true] as const).map(
    (overTls): PlayedCheck => ({
      name: `blackbox exporter: its RabbitMQ module${overTls ? ' over TLS' : ''}`,
      from: 'captured from prometheus-blackbox-exporter 0.23.0 of Debian 12',
      style: 'text',
      sent: ascii('HELO\r\n\r\n\r\n\r\n'),
      close: 'fin',
      ...(overTls && { overTls }),
      guess: { what: 'blackbox_exporter', confidence: 'certain' },
      isSignature: true,
    }),
  ),
  agent('blackbox exporter: http prober', 'Blackbox Exporter/0.23.0', 'captured from 0.23.0 of Debian 12', {
    what: 'blackbox_exporter',
    confidence: 'certain',
  }),
  {
    name: 'a monitoring agent that sends eight letters and expects AMQP',
    from: 'captured from check_tcp -s GGGGGGGG -e AMQP of monitoring-plugins 2.3.3',
    style: 'text',
    sent: ascii('GGGGGGGG'),
    close: 'fin',
    guess: { what: 'eight_letters', confidence: 'likely' },
  },
  {
    name: 'a monitoring agent that sends the header and reads three octets of Start',
    from: 'captured from a socket of Python 3.11: closing with unread octets resets',
    style: 'header_only',
    sent: HEADER,
    close: 'rst',
    stays: 11,
    hasStart: true,
    guess: { what: 'haproxy_amqp_check', confidence: 'likely' },
  },
  {
    name: 'a monitoring agent that holds an idle connection',
    from: 'the log of a broker: handshake_timeout',
    style: 'hold',
    close: null,
    stays: 10_000,
    guess: { what: 'idle_connection', confidence: 'possible' },
  },
  {
    name: 'check_tcp',
    from: 'captured from monitoring-plugins 2.3.3',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  agent('check_http', 'check_http/v2.3.3 (monitoring-plugins 2.3.3)', 'captured from monitoring-plugins 2.3.3', {
    what: 'check_http',
    confidence: 'certain',
  }),
  {
    name: 'Zabbix: net.tcp.service[tcp,,5672]',
    from: 'src/libs/zbxsysinfo/common/net.c of Zabbix 6.0: connects and closes',
    style: 'no_data',
    close: 'fin',
    guess: { what: 'tcp_check', confidence: 'possible' },
  },
  {
    name: 'a hosting platform',
    from: 'the log of a broker: {bad_header,<<"HEAD / H">>}',
    style: 'http',
    sent: request('HEAD / HTTP/1.1', 'User-Agent: Go-http-client/1.1'),
    close: 'fin',
    guess: { what: 'platform_head', confidence: 'possible' },
  },
  {
    name: 'rabbitmq-diagnostics check_port_connectivity',
    from: 'captured from RabbitMQ 3.10.8',
    style: 'no_data',
    close: 'fin',
    source: '127.0.0.1',
    guess: { what: 'local_tcp_check', confidence: 'possible' },
  },
  agent('a browser', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox 128', {
    what: 'browser',
    confidence: 'likely',
  }),
  agent('curl', 'curl/7.88.1', 'captured from curl 7.88.1', { what: 'curl', confidence: 'certain' }),
  {
    name: 'openssl s_client',
    from: 'captured from OpenSSL 3.0',
    style: 'tls_hello',
    sent: hello('16030101240100012003 03', 297),
    close: 'fin',
    guess: { what: 'tls_client', confidence: 'possible' },
  },
  {
    name: 'openssl s_client on a TLS port',
    from: 'it completes the handshake and leaves',
    style: 'tls_handshake',
    close: 'fin',
    overTls: true,
    guess: { what: 'tls_check', confidence: 'possible' },
  },
  {
    name: 'nmap -sT',
    from: 'captured from nmap 7.93',
    style: 'no_data_reset',
    close: 'rst',
    guess: { what: 'port_scan', confidence: 'possible' },
  },
  {
    name: 'nmap -sV: RPCCheck',
    from: 'nmap-service-probes of nmap 7.93',
    style: 'other',
    sent: hex('80000028 72fe1d13 00000000 00000002 000186a0 0001977c 00000000 00000000 00000000 00000000 00000000'),
    close: null,
    guess: { what: 'scan', confidence: 'certain' },
  },
  agent(
    'nmap --script http-title',
    'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    'nmap 7.93',
    {
      what: 'scan',
      confidence: 'certain',
    },
  ),
  {
    name: 'a client that logs in and leaves',
    from: 'amqp-declare-queue of rabbitmq-c, without its channel',
    style: 'login',
    sent: HEADER,
    close: 'fin',
    hasStart: true,
    guess: { what: 'amqp_client_check', confidence: 'possible' },
  },
  {
    name: 'a client that closes in an orderly way before it logs in',
    from: 'played',
    style: 'header_close',
    sent: HEADER,
    close: 'fin',
    hasStart: true,
    guess: { what: 'amqp_client_check', confidence: 'possible' },
  },
];

/** What the proxy learns from a played check. */
export function evidenceOfPlayed(check: PlayedCheck): Evidence {
  const { style, sent = new Uint8Array(0), close, stays = 1, source = '10.0.0.7' } = check;
  const outline = outlineOf(sent);
  const after = outline !== null && check.isAccepted ? sent.subarray(outline.length) : sent;
  const hello = readClientHello(after);
  const request = readHttpRequest(after);
  return {
    style,
    header: after.slice(0, 8),
    received: after.length,
    clientSent: close,
    durationMs: stays,
    hasStart: check.hasStart ?? false,
    overTls: check.overTls ?? false,
    source,
    requestLine: request?.line ?? null,
    userAgent: request?.userAgent ?? null,
    hello: hello && { servername: hello.servername, alpn: hello.alpn, length: after.length },
    proxyHeader: outline && { ...outline, isAccepted: check.isAccepted ?? false },
  };
}
