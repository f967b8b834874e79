import type { ConditionName } from '../../lib/faults/when.js';

/** The conditions of a fault with one of them given, and what that one needs. */
export function completeWhen(key: ConditionName, value: unknown): Readonly<Record<string, unknown>> {
  if (key === 'every') return { every: value, for: '1ms' };
  return key === 'for' ? { every: '24h', for: value } : { [key]: value };
}
