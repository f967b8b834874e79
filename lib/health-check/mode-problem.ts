import type { HealthChecks } from './health-checks.js';

/**
 * Returns why a setting cannot be used in a mode; null if it can. In observe mode nothing is read before the broker is dialed,
 * so the first octets cannot decide.
 */
export function modeProblem(mode: 'guard' | 'observe', healthChecks: HealthChecks): string | null {
  if (mode === 'guard' || typeof healthChecks === 'string') return null;
  const style = healthChecks.find((rule) => rule.style !== null && rule.style !== 'proxy_local')?.style;
  if (style === undefined) return null;
  return `must not have a rule with the style ${style} in observe mode, which forwards the first bytes unread`;
}
