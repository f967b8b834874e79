import type { Close } from '../close.js';
import type { Facts } from '../report/facts.js';

/** What became of a connection, and who ended it. */
export type Outcome = Pick<Facts, 'decision' | 'reason' | 'inferred'> & { readonly by: Facts['ended']['by'] };

/** The outcome of a connection whose client is still to be closed: after these octets, in this way. */
export type Dismissal = Outcome & { readonly farewell: Uint8Array; readonly close: Close };

/** No octets of farewell. */
export const NO_FAREWELL = new Uint8Array(0);

/** The proxy was stopped before there was anything to decide. */
export const STOPPED: Outcome = { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };

/** The same outcome when a request, not the end of the proxy, stopped the connection. */
export function onRequest(outcome: Outcome): Outcome {
  return outcome.reason.name === 'shutdown' ? { ...outcome, reason: { name: 'shutdown', onRequest: true } } : outcome;
}
