import type { Config } from './schema.js';

/** The sum of `maxConnections` of the enabled proxies. */
export const maxConnectionsOf = ({ proxies }: Config): number =>
  proxies.reduce((sum, { enabled, maxConnections }) => sum + (enabled ? maxConnections : 0), 0);
