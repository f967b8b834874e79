import type { HealthCheckStyle } from '../../lib/health-check/style.js';

/** A check of HAProxy, and what it is recognized as. */
export type HaproxyCheck = {
  readonly name: string;
  /** The lines of its backend. */
  readonly lines: readonly string[];
  /** The options of its `server` line. */
  readonly options: string;
  /** The proxy to check: `balanced` accepts PROXY headers. */
  readonly proxy: 'plain' | 'balanced';
  readonly style: HealthCheckStyle;
  readonly what: string;
  readonly confidence: string;
  /** ms */
  readonly inter: number;
};

/** Most checks come this often, in ms. */
const INTER = 200;
/** A check that waits for the server waits this long, in ms. */
const LONG = 1_300;

const check = (
  name: string,
  lines: readonly string[],
  [style, what, confidence]: readonly [HealthCheckStyle, string, string],
  { options = 'check', proxy = 'plain', inter = INTER }: Partial<HaproxyCheck> = {},
): HaproxyCheck => ({ name, lines, options, proxy, style, what, confidence, inter });

const AMQP = ['tcp-check send-binary 414d515000000901', 'tcp-check expect binary 01000000'];

/** All checks of HAProxy 2.6 that complete the TCP handshake. */
export const HAPROXY_CHECKS: readonly HaproxyCheck[] = [
  check(
    'tcp-check connect linger',
    ['option tcp-check', 'tcp-check connect linger'],
    ['no_data', 'local_tcp_check', 'possible'],
  ),
  check('AMQP', ['option tcp-check', ...AMQP], ['header_only', 'haproxy_amqp_check', 'likely']),
  check(
    'AMQP with linger',
    ['option tcp-check', 'tcp-check connect linger', ...AMQP],
    ['header_only', 'amqp_header_check', 'possible'],
  ),
  check(
    'expect without send',
    ['option tcp-check', 'tcp-check expect string AMQP'],
    ['no_data_reset', 'haproxy_expect_check', 'likely'],
    { inter: LONG },
  ),
  check('httpchk', ['option httpchk'], ['http', 'haproxy_httpchk', 'likely']),
  check('ssl-hello-chk', ['option ssl-hello-chk'], ['tls_hello', 'haproxy_ssl_hello_chk', 'certain']),
  check('check-ssl', [], ['tls_hello', 'haproxy_check_ssl', 'likely'], { options: 'check check-ssl verify none' }),
  check('redis-check', ['option redis-check'], ['other', 'haproxy_redis_check', 'likely']),
  check('ldap-check', ['option ldap-check'], ['other', 'haproxy_ldap_check', 'likely']),
  check('spop-check', ['option spop-check'], ['other', 'haproxy_spop_check', 'certain']),
  check('mysql-check', ['option mysql-check'], ['no_data', 'haproxy_mysql_check', 'possible'], { inter: LONG }),
  check('send-proxy', [], ['proxy_only', 'haproxy_proxy_v1', 'likely'], { options: 'send-proxy check' }),
  check('send-proxy-v2', [], ['proxy_only', 'haproxy_proxy_v2_check', 'likely'], {
    options: 'send-proxy-v2 check check-send-proxy',
  }),
  check('send-proxy, accepted', [], ['proxy_only', 'haproxy_proxy_v1_check', 'possible'], {
    options: 'send-proxy check',
    proxy: 'balanced',
  }),
  check('send-proxy-v2, accepted', [], ['proxy_local', 'haproxy_proxy_v2_check', 'likely'], {
    options: 'send-proxy-v2 check check-send-proxy',
    proxy: 'balanced',
  }),
  check(
    'AMQP after PROXY, accepted',
    ['option tcp-check', 'tcp-check connect send-proxy', ...AMQP],
    ['proxy_local', 'haproxy_amqp_check', 'likely'],
    { options: 'send-proxy-v2 check check-send-proxy', proxy: 'balanced' },
  ),
];

/** The address from which a check comes: each has its own. */
export const sourceOf = (at: number): string => `127.0.1.${at + 1}`;
/** The same for a check of the broker itself, without a proxy. */
export const directSourceOf = (at: number): string => `127.0.2.${at + 1}`;

/** The backend of a check. */
export function backend(
  name: string,
  { lines, options, inter }: Pick<HaproxyCheck, 'lines' | 'options' | 'inter'>,
  source: string,
  port: number,
): string {
  return [
    `backend ${name}`,
    ...lines.map((line) => `  ${line}`),
    `  server broker 127.0.0.1:${port} source ${source} ${options} inter ${inter}`,
    '',
  ].join('\n');
}
