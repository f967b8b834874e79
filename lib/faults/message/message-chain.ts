import type { Side, Undo } from '../handshake/fault-actions.js';
import { Consumers } from './consumers.js';
import type { Message } from './message.js';
import { MessageReader } from './message-reader.js';
import { Outlet } from './outlet.js';
import type { OpenStage, Port, Stage } from './stage.js';

export type ChainEvents = {
  /** Called with octets for a side, between two frames. */
  send(to: Side, octets: Uint8Array): void;
  /** Starts a timer. @returns a function that cancels it */
  timer(ms: number, then: () => void): Undo;
  /** Called when the chain gets its first stage, and when it has lost its last one. Octets pass through it in between. */
  needed(isNeeded: boolean): void;
};

type Slot = { stage: Stage | null; isRemoved: boolean };

const other = (side: Side): Side => (side === 'client' ? 'upstream' : 'client');

/**
 * The message faults of one connection, between its client and its upstream: the first stage is next to the client. Octets of
 * an open connection go in, and come out as they are unless a stage changes a message.
 */
export class MessageChain {
  private readonly events: ChainEvents;
  private slots: Slot[] = [];
  private consumers = new Consumers();
  private readers = this.newReaders();
  private outlets = this.newOutlets();

  constructor(events: ChainEvents) {
    this.events = events;
  }

  get isEmpty(): boolean {
    return this.slots.length === 0;
  }

  /** Whether the last message to the client was cut, so that other frames cannot be sent to it. */
  get isCut(): boolean {
    return this.outlets.client.isCut;
  }

  /** Adds a stage. @returns a function that removes it, once it has nothing left to do */
  add(open: OpenStage): Undo {
    const slot: Slot = { stage: null, isRemoved: false };
    const wasEmpty = this.isEmpty;
    this.slots.push(slot);
    slot.stage = open(this.portOf(slot));
    if (wasEmpty) this.events.needed(true);
    return () => {
      slot.isRemoved = true;
      slot.stage?.release();
      this.sweep();
    };
  }

  /** The octets of a side pass the chain from now on: its last frame that did not is complete. */
  open(from: Side): void {
    this.outlets[other(from)].open();
  }

  /** Octets of a side. */
  read(from: Side, octets: Uint8Array): void {
    this.readers[from].read(octets);
    this.sweep();
  }

  /** A side has closed: nothing completes what is held. */
  ended(from: Side): void {
    this.readers[from].flush();
    if (from === 'upstream') for (const { stage } of this.slots) stage?.release();
    this.outlets[other(from)].open();
  }

  private portOf(slot: Slot): Port {
    const at = (): number => this.slots.indexOf(slot);
    return {
      toClient: (message) => this.pass('client', at() - 1, message),
      toUpstream: (message) => this.pass('upstream', at() + 1, message),
      consumers: this.consumers,
      after: (ms, then) =>
        this.events.timer(ms, () => {
          then();
          this.sweep();
        }),
      resumeClient: () => this.outlets.client.resume(),
      leave: () => {
        slot.isRemoved = true;
      },
    };
  }

  /** Passes a message to the stage at a position, or out of the chain. */
  private pass(to: Side, at: number, message: Message): void {
    const stage = this.slots[at]?.stage;
    if (!stage) this.outlets[to].message(message);
    else if (to === 'upstream') stage.fromClient(message);
    else stage.fromUpstream(message);
  }

  /** Takes out the stages that are no longer needed. */
  private sweep(): void {
    if (!this.slots.some(({ isRemoved }) => isRemoved)) return;
    const { client, upstream } = this.outlets;
    const isBusy =
      this.readers.client.isInTail || this.readers.upstream.isInTail || !client.isEmpty || !upstream.isEmpty;
    const slots = this.slots.filter(({ stage, isRemoved }) => !isRemoved || stage?.isIdle === false);
    // While a content is under way, frames may have to be discarded or may have to wait.
    if (slots.length > 0 || isBusy) {
      if (slots.length > 0) this.slots = slots;
      return;
    }
    this.slots = [];
    for (const side of ['client', 'upstream'] as const) this.readers[side].flush();
    this.readers = this.newReaders();
    this.outlets = this.newOutlets();
    this.consumers = new Consumers();
    this.events.needed(false);
  }

  private newReaders(): Record<Side, MessageReader> {
    return { client: this.reader('client'), upstream: this.reader('upstream') };
  }

  private newOutlets(): Record<Side, Outlet> {
    const outlet = (to: Side) => new Outlet((octets) => this.events.send(to, octets));
    return { client: outlet('client'), upstream: outlet('upstream') };
  }

  private reader(from: Side): MessageReader {
    const to = other(from);
    return new MessageReader({
      message: (message) => {
        if (from === 'client') this.consumers.fromClient(message);
        else this.consumers.fromUpstream(message);
        this.pass(to, from === 'client' ? 0 : this.slots.length - 1, message);
      },
      piece: (tail, octets) => this.outlets[to].piece(tail, octets),
      tailOver: (tail) => this.outlets[to].tailOver(tail),
      raw: (octets) => this.outlets[to].raw(octets),
    });
  }
}
