import { ACCEPTED, type HeaderRules, type Input, step, type Verdict } from '../amqp/classifier.js';
import type { Clock, Timer } from './clock.js';
import type { PeerListener } from './peer.js';
import type { ClientPeer } from './secured-client.js';

/** What was seen of a client until its verdict. */
export type Seen = {
  readonly verdict: Exclude<Verdict, { type: 'wait' }>;
  /** The first 8 octets at most: what the verdict is about. */
  readonly header: Uint8Array;
  /** All octets that were read, in order: whoever takes the client over owes them to the upstream. */
  readonly octets: readonly Uint8Array[];
};

/**
 * Looks at the first octets of a client until the classifier has a verdict. Then the client is paused.
 *
 * @param timeout the handshake timeout in ms, counted from this call, not moved by octets
 * @param began called once, before the verdict, at the first octet or at the end if that is first
 */
export function peek(
  client: ClientPeer,
  rules: HeaderRules,
  timeout: number,
  clock: Clock,
  began: (byEnd: boolean) => void,
): Promise<Seen> {
  return new Promise((resolve) => {
    client.listener = new Peek(rules, timeout, clock, began, resolve);
  });
}

class Peek implements PeerListener {
  private state = ACCEPTED;
  private readonly read: Uint8Array[] = [];
  private hasBegun = false;
  private readonly timer: Timer;
  private readonly rules: HeaderRules;
  private readonly clock: Clock;
  private readonly began: (byEnd: boolean) => void;
  private readonly decided: (seen: Seen) => void;

  constructor(
    rules: HeaderRules,
    timeout: number,
    clock: Clock,
    began: (byEnd: boolean) => void,
    decided: (seen: Seen) => void,
  ) {
    this.rules = rules;
    this.clock = clock;
    this.began = began;
    this.decided = decided;
    this.timer = clock.start(() => this.take({ type: 'timeout' }), timeout);
  }

  octets(octets: Uint8Array): boolean {
    this.read.push(octets);
    return this.take({ type: 'data', octets });
  }

  ended(): void {
    this.take({ type: 'end' });
  }

  drained(): void {}

  /** Whoever stopped the proxy has reset the client. */
  closed(): void {
    this.take({ type: 'end' });
  }

  /** @returns whether there is still no verdict */
  private take(input: Input): boolean {
    if (this.state.verdict.type !== 'wait') return false;
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.began(input.type === 'end');
    }
    this.state = step(this.state, input, this.rules);
    const { verdict, seen: header } = this.state;
    if (verdict.type === 'wait') return true;
    this.clock.stop(this.timer);
    this.decided({ verdict, header, octets: this.read });
    return false;
  }
}
