import type { Evidence } from '../evidence.js';
import { QUIET_HAPROXY, WAITS } from '../quiet-check.js';
import type { Recognizer } from '../recognizer.js';
import { isHeaderAlone } from './header-alone.js';

const instead = (line: string): string =>
  `In the HAProxy backend, replace \`${line}\` with ${QUIET_HAPROXY}: RabbitMQ logs such a check only at debug`;

const ACCEPT =
  'set `proxyProtocol.accept: accept` for this proxy (without it: `proxy_protocol = true` in rabbitmq.conf)';

/**
 * Every check of HAProxy 2.6 that completes the TCP handshake. The octets, and how each check closes, were captured from it.
 * Its plain `check` resets the connection before a server can accept it.
 */
export const HAPROXY: readonly Recognizer[] = [
  {
    what: 'haproxy_ssl_hello_chk',
    detail: 'HAProxy with option ssl-hello-chk',
    confidence: 'certain',
    advice: `${instead('option ssl-hello-chk')}; for a TLS port, add \`check-ssl verify none\` to the \`server\` line instead`,
    isSignature: true,
    is: (_, text) => text.startsWith('\x16\x03\0\0\x79\x01\0\0'),
  },
  {
    what: 'haproxy_httpchk',
    detail: 'HAProxy with option httpchk',
    confidence: 'likely',
    advice: instead('option httpchk'),
    isSignature: true,
    is: ({ requestLine, userAgent }) => requestLine === 'OPTIONS / HTTP/1.0' && userAgent === null,
  },
  {
    what: 'haproxy_redis_check',
    detail: 'HAProxy with option redis-check, or another Redis PING',
    confidence: 'likely',
    advice: instead('option redis-check'),
    isSignature: true,
    is: ({ received }, text) => text === '*1\r\n$4\r\n' && received === 14,
  },
  {
    what: 'haproxy_ldap_check',
    detail: 'HAProxy with option ldap-check, or another anonymous LDAP bind',
    confidence: 'likely',
    advice: instead('option ldap-check'),
    isSignature: true,
    is: ({ received }, text) => text === '\x30\x0c\x02\x01\x01\x60\x07\x02' && received === 14,
  },
  {
    what: 'haproxy_spop_check',
    detail: 'HAProxy with option spop-check',
    confidence: 'certain',
    advice: instead('option spop-check'),
    isSignature: true,
    is: ({ received }, text) => text === '\0\0\0\x4e\x01\0\0\0' && received === 82,
  },
  {
    what: 'haproxy_proxy_v1',
    detail: 'a load balancer that sends PROXY v1 headers, such as HAProxy with send-proxy: its checks, or its clients',
    confidence: 'likely',
    advice: `Remove \`send-proxy\` from the \`server\` line of HAProxy, or ${ACCEPT}`,
    is: ({ proxyHeader }) => proxyHeader?.version === 1 && !proxyHeader.isAccepted,
  },
  {
    what: 'haproxy_proxy_v1_check',
    detail:
      'a load balancer that checks with a PROXY v1 header, such as HAProxy with send-proxy, or a client behind it that left at once',
    confidence: 'possible',
    advice: null,
    is: ({ proxyHeader, received }) => proxyHeader?.version === 1 && received === 0,
  },
  {
    what: 'haproxy_proxy_v2_check',
    detail: 'a load balancer that checks with PROXY v2 LOCAL, such as HAProxy with send-proxy-v2 and check-send-proxy',
    confidence: 'likely',
    advice: `Remove \`send-proxy-v2\` from the \`server\` line of HAProxy, or ${ACCEPT}`,
    isSignature: true,
    is: ({ proxyHeader }) => isLocalV2(proxyHeader) && !proxyHeader.isAccepted,
  },
  {
    what: 'haproxy_proxy_v2_check',
    detail: 'a load balancer that checks with PROXY v2 LOCAL, such as HAProxy with send-proxy-v2 and check-send-proxy',
    confidence: 'likely',
    advice: null,
    isSignature: true,
    is: ({ proxyHeader, received }) => isLocalV2(proxyHeader) && received === 0,
  },
  {
    what: 'haproxy_proxy_v2',
    detail: 'a load balancer that sends PROXY v2 headers, such as HAProxy with send-proxy-v2: its clients',
    confidence: 'likely',
    advice: `Remove \`send-proxy-v2\` from the \`server\` line of HAProxy, or ${ACCEPT}`,
    is: ({ proxyHeader }) => proxyHeader?.version === 2 && !proxyHeader.isAccepted,
  },
  {
    what: 'haproxy_amqp_check',
    detail:
      'HAProxy with tcp-check send-binary 414d515000000901 and tcp-check expect, or an agent that reads the first bytes of Start and resets',
    confidence: 'likely',
    advice: `${instead('tcp-check send-binary 414d515000000901` and `tcp-check expect')}, instead of two entries for each check`,
    is: (evidence, text) => isHeaderAlone(evidence, text) && evidence.clientSent === 'rst' && evidence.hasStart,
  },
  {
    what: 'haproxy_check_ssl',
    detail: 'HAProxy with check-ssl, or another OpenSSL client that names no host',
    confidence: 'likely',
    advice:
      'Let HAProxy check the TLS port of the broker, `server NAME HOST:5671 check check-ssl verify none`, or remove `check-ssl`',
    is: ({ hello }, text) =>
      text === '\x16\x03\x01\x02\0\x01\0\x01' && hello !== null && hello.servername === null && hello.alpn.length === 0,
  },
  {
    what: 'haproxy_expect_check',
    detail:
      'HAProxy with tcp-check expect and no tcp-check send, or another check that waits for the server and resets',
    confidence: 'likely',
    advice: `Remove \`tcp-check expect\` from the HAProxy backend and leave ${QUIET_HAPROXY}: RabbitMQ sends nothing first, so this check always fails`,
    is: ({ style, durationMs }) => style === 'no_data_reset' && durationMs >= WAITS,
  },
  {
    what: 'haproxy_mysql_check',
    detail:
      'a check that waits for the server to send first: HAProxy with option mysql-check or smtpchk, or a banner check of a monitoring agent',
    confidence: 'possible',
    advice: `In HAProxy, replace \`option mysql-check\` with ${QUIET_HAPROXY}; in another agent, remove the line that expects a banner: RabbitMQ sends nothing first, so this check always fails`,
    is: ({ style, durationMs }) => style === 'no_data' && durationMs >= WAITS,
  },
];

type ProxyHeader = NonNullable<Evidence['proxyHeader']>;

/** HAProxy sends no TLVs, or only a checksum. */
function isLocalV2(header: ProxyHeader | null): header is ProxyHeader {
  if (header?.version !== 2 || header.command !== 'local') return false;
  return header.tlvTypes.length === 0 ? header.length === 16 : header.length === 23 && header.tlvTypes[0] === 3;
}
