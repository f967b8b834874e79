import { randomBytes } from 'node:crypto';
import { type Clock, systemClock, type Timer } from '../clock.js';
import type { History } from '../report/history.js';
import { Ring } from '../report/ring.js';
import { EventClient, type Message } from './event-client.js';

/** Interval of heartbeats in ms. Intermediaries close connections that are silent for longer. */
const HEARTBEAT = 15_000;

const encoder = new TextEncoder();
/** Sent at once, because clients see the response headers only with the first octets. They reconnect after 1 s. */
const GREETING = ': events of rabbit-snare\nretry: 1000\n';
const BEAT: Message = { octets: encoder.encode(':\n\n') };
/** Stands for the event of a report, whose line is in the history of reports. */
const REPORT = 'report';

const encode = (id: string, type: string, json: string): Uint8Array =>
  encoder.encode(`id: ${id}\nevent: ${type}\ndata: ${json}\n\n`);

/** An event. It is encoded once, and only if a client reads it. */
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
    this.written ??= encode(this.id, this.type, JSON.stringify(this.data));
    return this.written;
  }
}

/** The event of a report that a client has missed. */
class MissedReport implements Message {
  readonly isReport = true;
  private readonly id: string;
  private readonly line: Uint8Array;

  constructor(id: string, line: Uint8Array) {
    this.id = id;
    this.line = line;
  }

  get octets(): Uint8Array {
    return encode(this.id, REPORT, Buffer.from(this.line).toString());
  }
}

/**
 * Publishes server-sent events. Ids are `RUN-1`, `RUN-2`, ..., so that those of another run are not mistaken for these.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  private readonly mostClients: number;
  private readonly clock: Clock;
  private readonly run: string;
  private readonly history: Ring<Event | typeof REPORT>;
  private readonly reports: Pick<History, 'last'>;
  /** Number of events published. */
  private count = 0;
  private readonly open = new Set<EventClient>();
  private heartbeat: Timer | undefined;
  /** Clients that were cut off. */
  private cutOff = 0;
  /** Reports that these had not read. */
  private reportsDropped = 0;
  private isClosed = false;

  /**
   * @param options `history`: maximum events kept for clients that reconnect; `reports`: keeps as many reports; `mostClients`:
   *   maximum clients; `run`: the prefix of ids, random by default
   */
  constructor(options: {
    readonly history: number;
    readonly reports: Pick<History, 'last'>;
    readonly mostClients: number;
    readonly clock?: Clock;
    readonly run?: string;
  }) {
    this.history = new Ring(options.history);
    this.reports = options.reports;
    this.mostClients = options.mostClients;
    this.clock = options.clock ?? systemClock;
    this.run = options.run ?? randomBytes(4).toString('hex');
  }

  /** Number of connected clients. */
  get clients(): number {
    return this.open.size;
  }

  /** What has happened since the start, for the metrics. */
  get state(): { readonly clients: number; readonly cutOff: number; readonly reportsDropped: number } {
    const { clients, cutOff, reportsDropped } = this;
    return { clients, cutOff, reportsDropped };
  }

  /**
   * Sends an event to all clients and keeps it for those that reconnect.
   *
   * @param type the event type, one word
   * @param data encoded as JSON, possibly later, so it must not change
   */
  publish(type: string, data: unknown): void {
    if (this.isClosed) return;
    this.count += 1;
    const event = new Event(this.idOf(this.count), type, data);
    this.history.add(event);
    for (const client of this.open) client.send(event);
  }

  /**
   * Sends the report that was added to the history of reports to all clients.
   *
   * @param line the report as JSON
   */
  publishReport(line: string): void {
    if (this.isClosed) return;
    this.count += 1;
    this.history.add(REPORT);
    if (this.open.size === 0) return;
    const message = { octets: encode(this.idOf(this.count), REPORT, line), isReport: true };
    for (const client of this.open) client.send(message);
  }

  /**
   * Adds a client. If more than 1 MiB is queued for it, its stream ends without that, and it can reconnect.
   *
   * @param lastEventId the last event that the client has; it receives all later ones. If some are no longer kept, or
   *   the id is not of this run, it first receives an event `lost` and then all kept events. Null: only new events
   * @returns null if the maximum number of clients is reached, or after `close`
   */
  subscribe(lastEventId: string | null): ReadableStream<Uint8Array> | null {
    if (this.isClosed || this.open.size >= this.mostClients) return null;
    const missed = lastEventId === null ? [] : this.missedSince(lastEventId);
    // A client without an id receives the current one, so that it loses nothing if it is cut off before the first event.
    const from = lastEventId === null ? `id: ${this.idOf(this.count)}\n` : '';
    const greeting = { octets: encoder.encode(`${GREETING}${from}\n`) };
    const client = new EventClient([greeting, ...missed], (cutOff) => {
      this.leave(client);
      if (cutOff !== null) this.dropped(cutOff.reports);
    });
    this.open.add(client);
    this.heartbeat ??= this.nextBeat();
    return client.stream;
  }

  /** Ends the streams of all clients and accepts no new ones. */
  close(): void {
    this.isClosed = true;
    for (const client of this.open) {
      this.leave(client);
      client.end();
    }
  }

  private dropped(reports: number): void {
    this.cutOff += 1;
    this.reportsDropped += reports;
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
    if (last >= forgotten && last <= this.count) return this.keptFrom(last - forgotten);
    // `lost` has the id before the first kept event, so that a client that disconnects here does not lose them again.
    return [new Event(this.idOf(forgotten), 'lost', { lastEventId }), ...this.keptFrom(0)];
  }

  private keptFrom(place: number): readonly Message[] {
    const kept = this.history.from(place);
    const lines = this.reports.last(kept.filter((event) => event === REPORT).length).values();
    const first = this.count - kept.length + 1;
    return kept.map((event, nth) =>
      event === REPORT ? new MissedReport(this.idOf(first + nth), lines.next().value as Uint8Array) : event,
    );
  }

  private idOf(number: number): string {
    return `${this.run}-${number}`;
  }

  /** Returns the number in an id, or NaN for an id of another run. */
  private numberOf(id: string): number {
    const number = Number(id.slice(this.run.length + 1));
    return Number.isInteger(number) && this.idOf(number) === id ? number : Number.NaN;
  }
}
