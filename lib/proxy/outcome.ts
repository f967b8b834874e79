import type { Facts } from '../report/facts.js';

/** What became of a connection, and who ended it. */
export type Outcome = Pick<Facts, 'decision' | 'reason' | 'inferred'> & { readonly by: Facts['ended']['by'] };

/** The proxy was stopped before there was anything to decide. */
export const STOPPED: Outcome = { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };

/** Somebody asked for the end, and not the whole proxy was stopped. */
export function onRequest(outcome: Outcome): Outcome {
  return outcome.reason.name === 'shutdown' ? { ...outcome, reason: { name: 'shutdown', onRequest: true } } : outcome;
}
