import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { modeProblem } from '../health-check/mode-problem.js';

/** @throws ConfigError when a proxy has rules for health checks that its mode cannot apply */
export function refuseUnreadStyles(proxies: readonly Pick<ProxyConfig, 'name' | 'mode' | 'healthChecks'>[]): void {
  for (const { name, mode, healthChecks } of proxies) {
    const problem = modeProblem(mode, healthChecks);
    if (problem !== null) throw new ConfigError(`healthChecks of proxy ${name} ${problem}`);
  }
}
