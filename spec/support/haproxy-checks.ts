import type { HealthCheckStyle } from '../../lib/health-check/style.js';

/** A check of HAProxy, and what it is recognized as. */
export type HaproxyCheck = {
  readonly name: string;
  /** The lines of its backend. */
  readonly lines: readonly string[];
  /** The options of its `server` line. */
  readonly options: string;
  /** Whether its proxy accepts PROXY headers. */
  readonly isBalanced: boolean;
  /** Whether it resets so early that mostly nothing of it can be read. */
  readonly mayVanish: boolean;
  readonly style: HealthCheckStyle;
  readonly what: string;
  readonly confidence: string;
  /** How long after the end of a check the next one comes, in ms. */
  readonly inter: number;
  /** The same from start to start. */
  readonly period: number;
};

/** Most checks come this often, in ms. */
const INTER = 500;
/** A check that waits for the server waits this long, in ms. The next one comes 100 ms later. */
const WAITS = 1_100;
const WAITING = { inter: 100, period: WAITS + 100 } as const;

const check = (
  name: string,
  lines: readonly string[],
  [style, what, confidence]: readonly [HealthCheckStyle, string, string],
  {
    options = 'check',
    isBalanced = false,
    mayVanish = false,
    inter = INTER,
    period = inter,
  }: Partial<HaproxyCheck> = {},
): HaproxyCheck => ({ name, lines, options, isBalanced, mayVanish, style, what, confidence, inter, period });

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
    [`timeout check ${WAITS}`, 'option tcp-check', 'tcp-check expect string AMQP'],
    ['no_data_reset', 'haproxy_expect_check', 'likely'],
    WAITING,
  ),
  check('httpchk', ['option httpchk'], ['http', 'haproxy_httpchk', 'likely']),
  check('ssl-hello-chk', ['option ssl-hello-chk'], ['tls_hello', 'haproxy_ssl_hello_chk', 'certain']),
  check('check-ssl', [], ['tls_hello', 'haproxy_check_ssl', 'likely'], { options: 'check check-ssl verify none' }),
  check('redis-check', ['option redis-check'], ['other', 'haproxy_redis_check', 'likely']),
  check('ldap-check', ['option ldap-check'], ['other', 'haproxy_ldap_check', 'likely']),
  check('spop-check', ['option spop-check'], ['other', 'haproxy_spop_check', 'certain']),
  check(
    'mysql-check',
    [`timeout check ${WAITS}`, 'option mysql-check'],
    ['no_data', 'haproxy_mysql_check', 'possible'],
    WAITING,
  ),
  ...(['send-proxy', 'send-proxy-v2'] as const).flatMap((send) => {
    const options = send === 'send-proxy' ? 'send-proxy check' : 'send-proxy-v2 check check-send-proxy';
    const linger = ['option tcp-check', 'tcp-check connect send-proxy linger'];
    const [refused, accepted] =
      send === 'send-proxy'
        ? ([
            ['proxy_only', 'haproxy_proxy_v1', 'likely'],
            ['proxy_only', 'haproxy_proxy_v1_check', 'possible'],
          ] as const)
        : ([
            ['proxy_only', 'haproxy_proxy_v2_check', 'likely'],
            ['proxy_local', 'haproxy_proxy_v2_check', 'likely'],
          ] as const);
    return [
      check(send, [], refused, { options, mayVanish: true }),
      check(`${send}, accepted`, [], accepted, { options, mayVanish: true, isBalanced: true }),
      check(`${send} with linger`, linger, refused, { options }),
      check(`${send} with linger, accepted`, linger, accepted, { options, isBalanced: true }),
    ];
  }),
  check(
    'AMQP after PROXY, accepted',
    ['option tcp-check', 'tcp-check connect send-proxy', ...AMQP],
    ['proxy_local', 'haproxy_amqp_check', 'likely'],
    { options: 'send-proxy-v2 check check-send-proxy', isBalanced: true },
  ),
];

/** What a check that vanishes is recognized as. */
export const VANISHED = { style: 'no_data_reset', what: 'reset_at_once', confidence: 'possible' } as const;

/** The name of the proxy of a check: each has its own. */
export const proxyOf = (at: number): string => `checked-${at}`;
/** The address from which the same check of the broker itself comes. */
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
