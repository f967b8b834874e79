import { ACCEPTED, type HeaderRules, type Input, step, type Verdict } from '../amqp/classifier.js';
import type { Deadline } from './deadline.js';
import type { PeerListener } from './peer/peer.js';
import type { ClientPeer } from './peer/secured-client.js';
import { takeOver } from './peer/take-over.js';

/** The octets that a client sent before its verdict. */
export type Seen = {
  readonly verdict: Exclude<Verdict, { type: 'wait' }>;
  /** The first octets, up to 8, on which the verdict is based. */
  readonly header: Uint8Array;
  /** All octets that were read, in order. The next step must pass them on to the upstream. */
  readonly octets: readonly Uint8Array[];
};

/**
 * Reads the first octets of a client until the classifier has a verdict. Then the client is paused.
 *
 * @param deadline the handshake timeout
 * @param began called once, before the verdict: with the first octet, or with the end if that comes first
 * @param first octets of the client that were read before, if the client is paused
 * @param read all octets are added to it as they arrive. @defaultValue a new array
 */
export function peek(
  client: ClientPeer,
  rules: HeaderRules,
  deadline: Deadline,
  began: (byEnd: boolean) => void,
  first?: readonly Uint8Array[],
  read: Uint8Array[] = [],
): Promise<Seen> {
  return new Promise((resolve) => {
    const peek = new Peek(rules, deadline, began, read, resolve);
    takeOver(client, peek, first);
  });
}

class Peek implements PeerListener {
  private state = ACCEPTED;
  private readonly read: Uint8Array[];
  private hasBegun = false;
  private readonly rules: HeaderRules;
  private readonly began: (byEnd: boolean) => void;
  private readonly decided: (seen: Seen) => void;

  constructor(
    rules: HeaderRules,
    deadline: Deadline,
    began: (byEnd: boolean) => void,
    read: Uint8Array[],
    decided: (seen: Seen) => void,
  ) {
    this.rules = rules;
    this.read = read;
    this.began = began;
    this.decided = decided;
    deadline.due = () => {
      if (this.state.verdict.type === 'wait') this.take({ type: 'timeout' });
      // The verdict is known, but the next step does not use the deadline yet.
      else deadline.putOff(1);
    };
  }

  octets(octets: Uint8Array): boolean {
    const { length } = this.read;
    this.read.push(octets);
    const goOn = this.take({ type: 'data', octets });
    // They are valid for longer only if the client is paused.
    if (goOn) this.read[length] = new Uint8Array(octets);
    return goOn;
  }

  ended(): void {
    this.take({ type: 'end' });
  }

  drained(): void {}

  /** The client was reset because the proxy was stopped. */
  closed(): void {
    this.take({ type: 'end' });
  }

  /** @returns whether the verdict is still open */
  private take(input: Input): boolean {
    if (this.state.verdict.type !== 'wait') return false;
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.began(input.type === 'end');
    }
    this.state = step(this.state, input, this.rules);
    const { verdict, seen: header } = this.state;
    if (verdict.type === 'wait') return true;
    this.decided({ verdict, header, octets: this.read });
    return false;
  }
}
