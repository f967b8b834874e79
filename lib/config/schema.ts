import * as z from 'zod';
import { quote } from '../text/quote.js';
import { faultList } from './faults-kind.js';
import { key, section } from './key.js';
import { addressOr, boolean, choice, duration, integer, listOf, secret, subnet, text } from './kind.js';
import { nullableSection } from './nullable-section.js';
import { MOST_REPORTS } from './report-limits.js';
import { shorthand } from './shorthand.js';

const path = (syntax: string) => text('a path', /^[^\0]+$/, { syntax }).nullable();

/** Keys of each proxy. At the top level of a file they describe the only proxy, or are defaults for all of `proxies`. */
export const proxyKeys = {
  name: key(text('a name without blanks and slashes', /^[^\s/]+$/, { syntax: 'NAME' }), {
    default: 'amqp',
    flag: null,
    description: 'Name of the proxy in reports, log and API. No two proxies share one.',
  }),
  listen: key(addressOr(0), {
    default: '127.0.0.1:5673',
    flag: 'listen',
    description: 'Where clients connect. Port 0 picks a free one.',
  }),
  upstream: key(addressOr(1, 'auto', 'stand-in'), {
    default: 'auto',
    flag: 'upstream',
    description:
      'The broker. auto is the one on localhost:5672 if there is one at the start, else stand-in, the built-in upstream that knows the handshake only.',
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
      'guard classifies the protocol header and refuses as RabbitMQ would; observe forwards everything and only reports.',
  }),
  dialect: key(
    text(
      'auto or a RabbitMQ version from 3.6 on, such as 3.10 or 4.1',
      /^(auto|(3\.([6-9]|\d{2,})|([4-9]|\d{2,})\.\d+)(\.\d+)?)$/,
      {
        syntax: 'auto | VERSION',
        // Editors see a number in 3.10; it is read as written all the same.
        type: ['string', 'number'],
      },
    ),
    {
      default: 'auto',
      flag: 'dialect',
      description: 'The RabbitMQ version that is spoken when a connection is refused. auto learns it from the broker.',
    },
  ),
  amqp10: key(choice('auto', 'on', 'off'), {
    default: 'auto',
    flag: 'amqp10',
    description:
      'Whether a 3.x broker has the AMQP 1.0 plugin. With a dialect named, auto is off for 3.x and on for 4.x.',
  }),
  close: key(choice('rst', 'fin'), {
    default: 'rst',
    flag: 'close',
    description: 'How TCP ends after a refusal. RabbitMQ resets.',
  }),
  handshakeTimeout: key(duration({ zero: 'refused' }), {
    default: '10s',
    flag: 'handshake-timeout',
    description: 'Time a client has for its handshake, counted from accept.',
    unit: 'ms',
    source: "RabbitMQ's handshake_timeout",
  }),
  connectTimeout: key(duration({ zero: 'refused' }), {
    default: '5s',
    flag: 'connect-timeout',
    description: 'Time the upstream has to accept a connection, its TLS handshake included.',
    unit: 'ms',
  }),
  observe: key(choice('all', 'handshake'), {
    default: 'all',
    flag: 'observe',
    description: 'How far connections are followed: to their end, or to Open-Ok. Then they are octets.',
  }),
  proxyProtocol: section({
    accept: key(choice('off', 'accept', 'require'), {
      default: 'off',
      flag: 'proxy-protocol-accept',
      description:
        "Whether a connection may (accept) or must (require) begin with a PROXY header, which tells the client's address.",
    }),
    send: key(choice('off', 'v1', 'v2'), {
      default: 'off',
      flag: 'proxy-protocol-send',
      description: "The PROXY header with which the upstream is told the client's address.",
    }),
    trustedSources: key(listOf(subnet(), { syntax: 'CIDR, ...' }), {
      default: ['127.0.0.0/8', '::1/128'],
      flag: 'proxy-protocol-trusted-sources',
      description: 'The balancers: PROXY headers are taken from these addresses only.',
    }),
  }).prefault({}),
  tls: nullableSection(
    section({
      cert: key(path('FILE'), {
        default: null,
        flag: 'tls-cert',
        description:
          'Certificate with which clients are served, with its chain, as PEM: clients then speak TLS. Read again when it changes; seen from the working directory, like every path here.',
      }),
      key: key(path('FILE'), {
        default: null,
        flag: 'tls-key',
        description: 'Private key of that certificate, as PEM.',
      }),
      ca: key(path('FILE'), {
        default: null,
        flag: 'tls-ca',
        description:
          'CA certificates, as PEM: every client must then show a certificate of one of them, as with verify_peer and fail_if_no_peer_cert of RabbitMQ.',
      }),
    }),
    '{cert: FILE, key: FILE}',
  ),
  upstreamTls: nullableSection(
    section({
      ca: key(path('FILE | system'), {
        default: null,
        flag: 'upstream-tls-ca',
        description:
          'CA certificates, as PEM, of which the certificate of the upstream must be: the upstream is then spoken to through TLS. system is what Node.js trusts by itself.',
      }),
      cert: key(path('FILE'), {
        default: null,
        flag: 'upstream-tls-cert',
        description: 'Certificate that is shown to the upstream, as PEM.',
      }),
      key: key(path('FILE'), {
        default: null,
        flag: 'upstream-tls-key',
        description: 'Private key of that certificate, as PEM.',
      }),
      servername: key(text('a host name', /^[^\s/:]+$/, { syntax: 'HOST' }).nullable(), {
        default: null,
        flag: 'upstream-tls-servername',
        description: 'Name that the certificate of the upstream must have, if it is not the host of upstream.',
      }),
    }),
    '{ca: FILE | system}',
  ),
  maxConnections: key(integer(1), {
    default: 10_000,
    flag: 'max-connections',
    description: 'Open connections at most.',
  }),
  maxConnectionsPerSource: key(integer(0), {
    default: 0,
    flag: 'max-connections-per-source',
    description: 'Open connections at most from one client address. 0 is no limit.',
  }),
  faults: key(faultList(), {
    default: [],
    flag: null,
    description: 'Faults that act from the start: docs/faults.md has their types.',
  }),
};

/** Keys of the program. */
export const globalKeys = {
  control: shorthand(
    section({
      listen: key(addressOr(0, 'off'), {
        default: '127.0.0.1:8474',
        flag: 'control',
        description: 'Where the control API listens.',
        source: "Toxiproxy's port",
      }),
      token: key(secret().nullable(), {
        default: null,
        // A flag would be in the list of processes, for everybody.
        flag: null,
        variable: 'control-token',
        secret: true,
        description:
          'Whoever asks the control API must show it: Authorization: Bearer TOKEN. Better given as RABBIT_SNARE_CONTROL_TOKEN, or in a file of its own.',
      }),
      tokenFile: key(path('FILE'), {
        default: null,
        flag: 'control-token-file',
        description:
          'File whose first line is the token that requests to the control API must show. It is read at the start only.',
      }),
      allowedHosts: key(listOf(text('a host name', /^[^\s/:]+$/, { syntax: 'HOST' }), { syntax: 'HOST, ...' }), {
        default: [],
        flag: 'control-allowed-hosts',
        description: 'Names by which the control API may be reached while it listens on the loopback interface.',
      }),
    }),
    'listen',
    'off',
  ),
  reports: section({
    file: key(path('FILE | -'), {
      default: null,
      flag: 'reports',
      description: 'File to which each connection is appended as a line of JSON when it ends. - is standard output.',
    }),
    history: key(integer(0, MOST_REPORTS), {
      default: 1000,
      flag: 'reports-history',
      description: 'Reports, and events, that are kept for the control API.',
    }),
  }).prefault({}),
  log: section({
    format: key(choice('pretty', 'rabbitmq', 'json'), {
      default: 'pretty',
      flag: 'log-format',
      description: 'Form of the log: a line for each connection, the entries that RabbitMQ would write, or JSON.',
    }),
    level: key(choice('debug', 'info', 'warning', 'error', 'none'), {
      default: 'info',
      flag: 'log-level',
      description: 'Lowest severity that is logged.',
    }),
  }).prefault({}),
  seed: key(integer(0).nullable(), {
    default: null,
    flag: 'seed',
    description: 'What chance is drawn from: the same seed and order of connections, the same run. null picks one.',
  }),
  readyFile: key(path('FILE'), {
    default: null,
    flag: 'ready-file',
    description:
      'File that exists while every listener is open. It names the addresses, also those with a picked port.',
  }),
  drainTimeout: key(duration({ zero: 'allowed' }), {
    default: '5s',
    flag: 'drain-timeout',
    description: 'Time that open connections are given at the end.',
    unit: 'ms',
    source: 'half of the 10 s of docker stop',
  }),
};

const proxy = section(proxyKeys);
const proxies = z.array(proxy, { error: ({ input }) => `must be a list, not ${quote(input)}` }).readonly();

/** What a file may hold. */
export const fileSchema = section({ proxies: proxies.optional(), ...proxyKeys, ...globalKeys });

/** The effective config: proxies with all of their keys, and nothing else at the top level but the global keys. */
export const effectiveSchema = section({ proxies, ...globalKeys });

/** One proxy, complete. Durations are in milliseconds; `dialect` is `auto` or the text of a version. */
export type ProxyConfig = z.output<typeof proxy>;

/** The whole config: complete, read-only and frozen. `control` is null when it is off. */
export type Config = z.output<typeof effectiveSchema>;
