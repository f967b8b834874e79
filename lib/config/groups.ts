import type { globalKeys } from './global-keys.js';
import type { proxyKeys } from './proxy-keys.js';

/** Topics that keys are grouped by in `run --help` and docs/configuration.md, in their order there. */
export const GROUPS = [
  'Proxy',
  'TLS',
  'PROXY protocol',
  'Limits',
  'Control API',
  'Reports and log',
  'Faults and seed',
  'Life cycle',
] as const;

export type Group = (typeof GROUPS)[number];

/** The group of each key or section. */
export const GROUP_OF: Readonly<Record<keyof typeof proxyKeys | keyof typeof globalKeys, Group>> = {
  name: 'Proxy',
  listen: 'Proxy',
  upstream: 'Proxy',
  mirrorUpstream: 'Proxy',
  enabled: 'Proxy',
  mode: 'Proxy',
  dialect: 'Proxy',
  amqp10: 'Proxy',
  close: 'Proxy',
  handshakeTimeout: 'Proxy',
  connectTimeout: 'Proxy',
  tcpKeepAlive: 'Proxy',
  observe: 'Proxy',
  healthChecks: 'Proxy',
  proxyProtocol: 'PROXY protocol',
  tls: 'TLS',
  upstreamTls: 'TLS',
  maxConnections: 'Limits',
  maxConnectionsPerSource: 'Limits',
  memoryLimit: 'Limits',
  faults: 'Faults and seed',
  control: 'Control API',
  reports: 'Reports and log',
  healthCheckSources: 'Reports and log',
  invisibleChecks: 'Reports and log',
  log: 'Reports and log',
  seed: 'Faults and seed',
  readyFile: 'Life cycle',
  drainTimeout: 'Life cycle',
};
