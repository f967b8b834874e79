import { key, section } from './key.js';
import { addressOr, choice, duration, integer, listOf, path, secret, sizeOr, text } from './kind.js';
import { MOST_REPORTS, MOST_SOURCES } from './report-limits.js';
import { shorthand } from './shorthand.js';

/** Keys of the instance, which all proxies share. */
export const globalKeys = {
  memoryLimit: key(sizeOr('auto', 'off'), {
    default: 'auto',
    flag: 'memory-limit',
    description:
      'Memory that the process may use. While it uses 85 % of it or more, new connections are refused. auto is the memory limit of the container, if it has one.',
    unit: 'bytes',
  }),
  control: shorthand(
    section({
      listen: key(addressOr(0, 'off'), {
        default: '127.0.0.1:8474',
        flag: 'control',
        description: 'Address of the control API, or off to disable it.',
        source: "Toxiproxy's port",
      }),
      token: key(secret().nullable(), {
        default: null,
        // Every user of the machine can see flags in the process list.
        flag: null,
        variable: 'control-token',
        secret: true,
        description:
          'Token that requests to the control API, except GET /healthz and those for the files of the dashboard, must send: Authorization: Bearer TOKEN. Prefer the environment variable or tokenFile to a token in the config file.',
      }),
      tokenFile: key(path('FILE'), {
        default: null,
        flag: 'control-token-file',
        description: 'File whose first line is the token for the control API. Read at startup only.',
      }),
      allowedHosts: key(listOf(text('a host name', /^[^\s/:]+$/, { syntax: 'HOST' }), { syntax: 'HOST, ...' }), {
        default: [],
        flag: 'control-allowed-hosts',
        description:
          'Names accepted in the Host header, in addition to localhost, while the control API listens on a loopback address.',
      }),
    }),
    'listen',
    'off',
  ),
  reports: section({
    file: key(path('FILE | -'), {
      default: null,
      flag: 'reports',
      description: 'File to append one JSON report per connection to, each on its own line. - is standard output.',
    }),
    history: key(integer(0, MOST_REPORTS), {
      default: 1000,
      flag: 'reports-history',
      description: 'Maximum number of reports, and of events, kept for the control API.',
    }),
  }).prefault({}),
  healthCheckSources: key(integer(0, MOST_SOURCES), {
    default: 10_000,
    flag: 'health-check-sources',
    description:
      'Maximum source addresses whose connections are remembered to recognize health checks, for all proxies together. The one that was not seen for longest is dropped for a new one. 0 turns this off.',
  }),
  invisibleChecks: key(choice('auto', 'on', 'off'), {
    default: 'auto',
    flag: 'invisible-checks',
    description:
      'Whether to count health checks that never complete the TCP handshake (Linux only). The kernel counts them for the whole network namespace: auto counts only while no other process listens there; on always counts.',
  }),
  log: section({
    format: key(choice('pretty', 'rabbitmq', 'json'), {
      default: 'pretty',
      flag: 'log-format',
      description:
        'Format of the log: pretty is one line per connection, rabbitmq the entries that RabbitMQ would write, json one object per entry.',
    }),
    level: key(choice('debug', 'info', 'warning', 'error', 'none'), {
      default: 'info',
      flag: 'log-level',
      description: 'Minimum severity to log.',
    }),
  }).prefault({}),
  seed: key(integer(0).nullable(), {
    default: null,
    flag: 'seed',
    description:
      'Random seed for faults. With the same seed and the same order of connections, runs are identical. Without one, a seed is picked and logged.',
  }),
  readyFile: key(path('FILE'), {
    default: null,
    flag: 'ready-file',
    description: 'JSON file that exists while all listeners are open. It has their addresses, including picked ports.',
  }),
  drainTimeout: key(duration({ zero: 'allowed' }), {
    default: '5s',
    flag: 'drain-timeout',
    description: 'Time that open connections have to end at shutdown before they are reset.',
    unit: 'ms',
    source: "half of docker stop's 10 s",
  }),
};
