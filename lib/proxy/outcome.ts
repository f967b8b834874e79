import type { Close } from '../close.js';
import type { Facts } from '../report/facts.js';

/** The result of a connection, and which side ended it. */
export type Outcome = Pick<Facts, 'decision' | 'reason' | 'inferred'> & { readonly by: Facts['ended']['by'] };

/** The outcome of a connection whose client is yet to be closed, and how: the octets to send first, and the close. */
export type Dismissal = Outcome & { readonly farewell: Uint8Array; readonly close: Close };

/** No octets before the close. */
export const NO_FAREWELL = new Uint8Array(0);

/** The proxy was stopped before the connection was decided. */
export const STOPPED: Outcome = { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };

/** The same outcome when a request, not the end of the proxy, stopped the connection. */
export function onRequest(outcome: Outcome): Outcome {
  return outcome.reason.name === 'shutdown' ? { ...outcome, reason: { name: 'shutdown', onRequest: true } } : outcome;
}
