import { randomBytes } from 'node:crypto';
import { type Clock, systemClock, type Timer } from '../clock.js';
import { Ring } from '../report/ring.js';
import { EventClient, type Message } from './event-client.js';

/** How often a client hears something, in ms: intermediaries close what is silent for longer. */
const HEARTBEAT = 15_000;

const encoder = new TextEncoder();
/** Clients see the headers of the answer only with its first octets. They reconnect after 1 s. */
const GREETING = ': events of rabbit-snare\nretry: 1000\n';
const BEAT: Message = { octets: encoder.encode(':\n\n') };

/** An event. It is written as text once, and only if somebody is to read it. */
class Event implements Message {
  private readonly id: string;
  private readonly type: string;
  private readonly data: unknown;
  private written: Uint8Array | undefined;

  constructor(id: string, type: string, data: unknown) {
    this.id = id;
    this.type = type;
    this.data = data;
  }

  get octets(): Uint8Array {
    this.written ??= encoder.encode(`id: ${this.id}\nevent: ${this.type}\ndata: ${JSON.stringify(this.data)}\n\n`);
    return this.written;
  }
}

/**
 * Server-sent events. Ids are `RUN-1`, `RUN-2`, ..., so that those of another run are not taken for ours.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  private readonly mostClients: number;
  private readonly clock: Clock;
  private readonly run: string;
  private readonly history: Ring<Event>;
  /** How many there have been. */
  private count = 0;
  private readonly open = new Set<EventClient>();
  private heartbeat: Timer | undefined;
  private isClosed = false;

  /**
   * @param options `history`: events that are kept for clients that come back; `run`: names this run in ids, by chance
   *   unless it is given
   */
  constructor(options: {
    readonly history: number;
    readonly mostClients: number;
    readonly clock?: Clock;
    readonly run?: string;
  }) {
    this.history = new Ring(options.history);
    this.mostClients = options.mostClients;
    this.clock = options.clock ?? systemClock;
    this.run = options.run ?? randomBytes(4).toString('hex');
  }

  /** How many clients there are. */
  get clients(): number {
    return this.open.size;
  }

  /**
   * Tells all clients, and those that come back later.
   *
   * @param type a word
   * @param data becomes JSON, perhaps later: it must not change any more
   */
  publish(type: string, data: unknown): void {
    if (this.isClosed) return;
    this.count += 1;
    const event = new Event(this.idOf(this.count), type, data);
    this.history.add(event);
    for (const client of this.open) client.send(event);
  }

  /**
   * A new client. One that lets more than 1 MiB wait is cut: its stream ends without that, and it can come
   * back.
   *
   * @param lastEventId the last event that it knows: it is sent what came after. If some of that is no longer kept, or
   *   the id is not one of this run, an event `lost` comes first, and then all that is kept. Null for a client that knows
   *   none, and is sent only what comes
   * @returns null when there are as many clients as may be, and after `close`
   */
  subscribe(lastEventId: string | null): ReadableStream<Uint8Array> | null {
    if (this.isClosed || this.open.size >= this.mostClients) return null;
    const missed = lastEventId === null ? [] : this.missedSince(lastEventId);
    // Who knows no event is told where it begins, and loses nothing when it is cut off before the first.
    const from = lastEventId === null ? `id: ${this.idOf(this.count)}\n` : '';
    const greeting = { octets: encoder.encode(`${GREETING}${from}\n`) };
    const client = new EventClient([greeting, ...missed], () => this.leave(client));
    this.open.add(client);
    this.heartbeat ??= this.nextBeat();
    return client.stream;
  }

  /** Ends the streams of all clients, and takes no new ones. */
  close(): void {
    this.isClosed = true;
    for (const client of this.open) {
      this.leave(client);
      client.end();
    }
  }

  private leave(client: EventClient): void {
    this.open.delete(client);
    if (this.open.size > 0 || this.heartbeat === undefined) return;
    this.clock.stop(this.heartbeat);
    this.heartbeat = undefined;
  }

  private nextBeat(): Timer {
    return this.clock.start(() => {
      this.heartbeat = this.nextBeat();
      for (const client of this.open) client.sendIfIdle(BEAT);
    }, HEARTBEAT);
  }

  private missedSince(lastEventId: string): readonly Message[] {
    const forgotten = this.count - this.history.size;
    const last = this.numberOf(lastEventId);
    if (last >= forgotten && last <= this.count) return this.history.from(last - forgotten);
    // With the id before the first that follows, so that a client that leaves here does not lose them again.
    return [new Event(this.idOf(forgotten), 'lost', { lastEventId }), ...this.history.from(0)];
  }

  private idOf(number: number): string {
    return `${this.run}-${number}`;
  }

  /** NaN for an id that is not ours. */
  private numberOf(id: string): number {
    const number = Number(id.slice(this.run.length + 1));
    return Number.isInteger(number) && this.idOf(number) === id ? number : Number.NaN;
  }
}
