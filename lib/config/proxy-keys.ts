import { faultList } from './faults-kind.js';
import { healthChecks } from './health-checks-kind.js';
import { key, section } from './key.js';
import { addressOr, boolean, choice, duration, integer, listOf, subnet, text } from './kind.js';
import { tls, upstreamTls } from './tls-keys.js';

/** Keys of each proxy. At the top level of a file they describe the only proxy, or are defaults for all `proxies`. */
export const proxyKeys = {
  name: key(text('a name without whitespace or slashes', /^[^\s/]+$/, { syntax: 'NAME' }), {
    default: 'amqp',
    flag: null,
    description: 'Name of the proxy in reports, the log and the control API. Must be unique.',
  }),
  listen: key(addressOr(0), {
    default: '127.0.0.1:5673',
    flag: 'listen',
    description: 'Address that clients connect to. Port 0 picks a free port.',
  }),
  upstream: key(addressOr(1, 'auto', 'stand-in'), {
    default: 'auto',
    flag: 'upstream',
    description:
      'Address of the broker. auto is the broker on localhost:5672 if one is running at startup, otherwise stand-in: the built-in upstream, which only speaks the AMQP handshake.',
  }),
  mirrorUpstream: key(boolean(), {
    default: false,
    flag: 'mirror-upstream',
    description:
      "Whether the proxy's port is refused while the upstream cannot be connected to. A probe connects to the upstream each second and closes at once; RabbitMQ logs that at debug level only.",
  }),
  enabled: key(boolean(), {
    default: true,
    flag: null,
    description: 'Whether the proxy listens.',
  }),
  mode: key(choice('guard', 'observe'), {
    default: 'guard',
    flag: 'mode',
    description:
      'guard classifies the protocol header and refuses connections as RabbitMQ would; observe forwards everything, in any protocol, and only reports.',
  }),
  dialect: key(
    text(
      'auto or a RabbitMQ version from 3.6, such as 3.10 or 4.1',
      /^(auto|(3\.([6-9]|\d{2,})|([4-9]|\d{2,})\.\d+)(\.\d+)?)$/,
      {
        syntax: 'auto | VERSION',
        // Editors parse 3.10 as a number. The config reader keeps its text.
        type: ['string', 'number'],
      },
    ),
    {
      default: 'auto',
      flag: 'dialect',
      description: 'RabbitMQ version to imitate when a connection is refused. auto learns the version from the broker.',
    },
  ),
  amqp10: key(choice('auto', 'on', 'off'), {
    default: 'auto',
    flag: 'amqp10',
    description:
      'Whether a 3.x broker has the AMQP 1.0 plugin. auto learns it from the broker. With an explicit dialect, auto means off for 3.x and on for 4.x.',
  }),
  close: key(choice('rst', 'fin'), {
    default: 'rst',
    flag: 'close',
    description:
      'How TCP is closed after a refusal. RabbitMQ resets it, but often sends FIN if its tcp_listen_options were changed.',
  }),
  handshakeTimeout: key(duration({ zero: 'refused' }), {
    default: '10s',
    flag: 'handshake-timeout',
    description:
      'Time a client has to complete the AMQP handshake, counted from accept, or from the end of its PROXY header or TLS handshake.',
    unit: 'ms',
    source: "RabbitMQ's handshake_timeout",
  }),
  connectTimeout: key(duration({ zero: 'refused' }), {
    default: '5s',
    flag: 'connect-timeout',
    description:
      'Time to connect to the upstream, including DNS and TLS. If its host name has several addresses, they are tried in turn, each for at most a quarter of this time.',
    unit: 'ms',
  }),
  // TCP_KEEPIDLE counts whole seconds, up to 32767.
  tcpKeepAlive: key(duration({ zero: 'allowed', minimum: 1_000, maximum: 32_400_000 }), {
    default: '2m',
    flag: 'tcp-keep-alive',
    description:
      'Idle time after which TCP keepalive probes are sent, to clients and to the upstream. A peer that answers none of 10 probes in 10 s has vanished, and its connection is ended. 0s switches keepalive off.',
    unit: 'ms',
    source: 'below the idle timeouts of common load balancers and NAT gateways',
  }),
  observe: key(choice('all', 'handshake'), {
    default: 'all',
    flag: 'observe',
    description:
      'How much of a forwarded connection is parsed: all of it, or only the handshake, up to Open-Ok. The rest is relayed unparsed.',
  }),
  healthChecks: key(healthChecks(), {
    default: 'forward',
    flag: 'health-checks',
    description:
      'What is done with health checks: forward them like any other connection, answer them here (local), or make them fail, to test a failover. Rules name the sources. See docs/health-checks.md.',
  }),
  proxyProtocol: section({
    accept: key(choice('off', 'accept', 'require'), {
      default: 'off',
      flag: 'proxy-protocol-accept',
      description:
        "Whether a connection may (accept) or must (require) begin with a PROXY header, which gives the client's address.",
    }),
    send: key(choice('off', 'v1', 'v2'), {
      default: 'off',
      flag: 'proxy-protocol-send',
      description: "Version of the PROXY header that gives the client's address to the upstream.",
    }),
    trustedSources: key(listOf(subnet(), { syntax: 'CIDR, ...' }), {
      default: ['127.0.0.0/8', '::1/128'],
      flag: 'proxy-protocol-trusted-sources',
      description: 'Addresses of the load balancers. PROXY headers are accepted from these addresses only.',
    }),
  }).prefault({}),
  tls,
  upstreamTls,
  maxConnections: key(integer(1), {
    default: 10_000,
    flag: 'max-connections',
    description: 'Maximum open connections.',
  }),
  maxConnectionsPerSource: key(integer(0), {
    default: 0,
    flag: 'max-connections-per-source',
    description: 'Maximum open connections per client address. 0 means no limit.',
  }),
  faults: key(faultList(), {
    default: [],
    flag: null,
    description: 'Faults that are active from the start. docs/faults.md describes their types.',
  }),
};
