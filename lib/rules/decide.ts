import type { Verdict } from '../amqp/classifier.js';
import type { Reason } from '../amqp/reason.js';

/** What the proxy does with a connection. `close` is how it ends the connection towards the client. */
export type Decision =
  | { readonly action: 'forward' }
  | { readonly action: 'refuse'; readonly reason: Reason; readonly farewell: Uint8Array; readonly close: 'fin' | 'rst' }
  | { readonly action: 'none'; readonly reason: Reason; readonly close: 'fin' | 'rst' };

/** The decision that follows from a verdict. */
export function decide(verdict: Exclude<Verdict, { type: 'wait' }>, close: 'fin' | 'rst'): Decision {
  switch (verdict.type) {
    case 'forward':
      return { action: 'forward' };
    case 'refuse':
      return { action: 'refuse', reason: verdict.reason, farewell: verdict.farewell, close };
    case 'none':
      return { action: 'none', reason: verdict.reason, close };
    default:
      return verdict satisfies never;
  }
}
