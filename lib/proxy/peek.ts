import { ACCEPTED, type HeaderRules, type Input, type Step, step, type Verdict } from '../amqp/classifier.js';
import type { AcceptedPeer } from './accepted-peer.js';
import type { Clock } from './clock.js';

/** What was seen of a client until its verdict. */
export type Seen = {
  readonly verdict: Exclude<Verdict, { type: 'wait' }>;
  /** The first 8 octets at most: what the verdict is about. */
  readonly header: Uint8Array;
  /** All octets that were read, in order: whoever takes the client over owes them to the upstream. */
  readonly octets: readonly Uint8Array[];
};

const NO_OCTETS = new Uint8Array(0);

/**
 * Looks at the first octets of a client until the classifier has a verdict. Then the client is paused.
 *
 * @param timeout the handshake timeout in ms, counted from this call, not moved by octets
 * @param began called once, before the verdict, at the first octet or at the end if that is first
 */
export function peek(
  client: AcceptedPeer,
  rules: HeaderRules,
  timeout: number,
  clock: Clock,
  began: (byEnd: boolean) => void,
): Promise<Seen> {
  return new Promise((resolve) => {
    let state: Step = ACCEPTED;
    const octets: Uint8Array[] = [];
    let hasBegun = false;

    const take = (input: Input): boolean => {
      if (state.verdict.type !== 'wait') return false;
      if (!hasBegun) {
        hasBegun = true;
        began(input.type === 'end');
      }
      state = step(state, input, rules);
      const { verdict } = state;
      if (verdict.type === 'wait') return true;
      clock.stop(timer);
      resolve({ verdict, header: state.seen, octets });
      return false;
    };

    const timer = clock.start(() => take({ type: 'timeout' }), timeout);
    client.listener = {
      octets: (chunk) => {
        octets.push(chunk);
        return take({ type: 'data', octets: chunk });
      },
      ended: () => {
        take({ type: 'end' });
      },
      drained: () => {},
      closed: () => {},
    };
  });
}

/** The state of a client that is not looked at: everything is still to come. */
export const UNSEEN = { header: NO_OCTETS, octets: [] as readonly Uint8Array[] };
