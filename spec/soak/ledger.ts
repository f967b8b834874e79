import { type Message, type MessageMaker, verify } from './message.js';

const CONFIRMED = 1;
const CONSUMED = 2;

/** What became of the messages. Each message counts once, except in `duplicates` and `corrupt`. */
export interface Counts {
  /** Handed to a client for publishing. */
  readonly published: number;
  /** Confirmed to the publisher by the broker. */
  readonly confirmed: number;
  /** Received by a consumer, confirmed or not. */
  readonly consumed: number;
  /** Further deliveries of messages that were already received. */
  readonly duplicates: number;
  /** Confirmed and never received. */
  readonly lost: number;
  /** Deliveries whose body does not match its checksum, or that were never published. */
  readonly corrupt: number;
}

/** Records every message of the run: published, confirmed, and received. Takes a few bytes of memory for each. */
export class Ledger {
  private readonly maker: MessageMaker;
  /** The states of each publisher's messages, by number. */
  private readonly states: (number[] | undefined)[] = [];
  private published = 0;
  private confirmed = 0;
  private consumed = 0;
  private duplicates = 0;
  private outstanding = 0;
  private corrupt = 0;

  constructor(maker: MessageMaker) {
    this.maker = maker;
  }

  /** Makes the next message of a publisher. A message that was not confirmed is not published again. */
  next(publisher: number): Message {
    const states = this.states[publisher] ?? [];
    this.states[publisher] = states;
    const message = this.maker.make(publisher, states.length);
    states.push(0);
    this.published += 1;
    return message;
  }

  /** Records that the broker has confirmed a message. */
  confirm({ id }: Pick<Message, 'id'>): void {
    const [publisher = 0, number = 0] = id.split('.').map(Number);
    const states = this.states[publisher];
    const state = states?.[number];
    if (states === undefined || state === undefined || (state & CONFIRMED) !== 0) return;
    states[number] = state | CONFIRMED;
    this.confirmed += 1;
    if ((state & CONSUMED) === 0) this.outstanding += 1;
  }

  /** Records a delivery. To be called before it is acknowledged. */
  receive(id: unknown, body: Uint8Array): void {
    const named = verify(id, body);
    const states = named && this.states[named.publisher];
    const state = named && states?.[named.number];
    if (named === undefined || states === undefined || state === undefined) {
      this.corrupt += 1;
      return;
    }
    if ((state & CONSUMED) !== 0) {
      this.duplicates += 1;
      return;
    }
    states[named.number] = state | CONSUMED;
    this.consumed += 1;
    if ((state & CONFIRMED) !== 0) this.outstanding -= 1;
  }

  get counts(): Counts {
    const { published, confirmed, consumed, duplicates, outstanding, corrupt } = this;
    return { published, confirmed, consumed, duplicates, lost: outstanding, corrupt };
  }

  /** The IDs of lost messages, `PUBLISHER.NUMBER`, at most as many as given. */
  lost(most: number): readonly string[] {
    const ids: string[] = [];
    for (const [publisher, states] of this.states.entries()) {
      for (const [number, state] of (states ?? []).entries()) {
        if (ids.length >= most) return ids;
        if (state === CONFIRMED) ids.push(`${publisher}.${number}`);
      }
    }
    return ids;
  }
}
