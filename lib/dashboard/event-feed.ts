import type { Report } from '../report/report.js';
import { type EventBlock, eventBlocks } from '../text/server-sent-events.js';
import { type Control, RequestError } from './control.js';
import type { Timers } from './timers.js';

/** How many earlier reports are read when the page is opened. */
const HISTORY = 500;
/** The server sends a heartbeat every 15 s. After a longer silence the connection is given up, in ms. */
const [LONGEST_SILENCE, CHECK] = [40_000, 5_000] as const;

/** A time from which reports are missing. */
export type Gap = {
  /** When the last event arrived, and when the page was connected again, in ms since 1970. */
  readonly from: number;
  readonly until: number;
  /** Whether rabbit-snare was restarted. Otherwise the events were no longer kept when the page reconnected. */
  readonly isRestart: boolean;
  /** Maximum number of missing reports; null: not known. */
  readonly most: number | null;
};

/** What is done with what arrives. */
export type FeedListener = {
  readonly opened: () => void;
  /** @param reports those from before the page was opened, oldest first */
  readonly history: (reports: readonly Report[]) => void;
  /** @param line a report as JSON; null: it is in the history */
  readonly report: (line: string | null) => void;
  readonly gap: (gap: Gap) => void;
};

/** The events of rabbit-snare. A new connection goes on where the one before ended. */
export class EventFeed {
  private readonly control: Control;
  private readonly timers: Timers;
  private readonly listener: FeedListener;
  private lastId: string | null = null;
  private heardAt = 0;
  /** When the connection before this one was heard last. */
  private lostAt = 0;
  /** Ids of the reports of the history, as long as they can arrive again as events. */
  private known: ReadonlySet<string> | null = null;

  constructor(control: Control, timers: Timers, listener: FeedListener) {
    this.control = control;
    this.timers = timers;
    this.listener = listener;
  }

  /** Follows the events until the connection ends. @throws RequestError, if it ends with an error */
  async follow(): Promise<void> {
    this.lostAt = this.heardAt;
    const ended = new AbortController();
    const unwatch = this.watch(ended);
    try {
      const headers: Record<string, string> = this.lastId === null ? {} : { 'Last-Event-ID': this.lastId };
      const { body } = await this.control.send('/events', { headers, signal: ended.signal });
      if (this.lastId === null) await this.readHistory(ended.signal);
      this.listener.opened();
      for await (const block of eventBlocks(this.chunks(body as ReadableStream<Uint8Array>))) this.take(block);
    } catch (error) {
      if (error instanceof RequestError) throw error;
      throw new RequestError(null, ended.signal.aborted ? 'nothing was received for 40 s' : 'the connection was lost');
    } finally {
      unwatch();
      ended.abort();
    }
  }

  private async readHistory(signal: AbortSignal): Promise<void> {
    const reports = (await this.control.ask<Report[]>('GET', `/reports?limit=${HISTORY}`, undefined, signal)).reverse();
    this.known = new Set(reports.map(({ id }) => id));
    this.listener.history(reports);
  }

  private take({ id, type, data }: EventBlock): void {
    if (type === 'report' && data !== undefined) this.listener.report(this.isKnown(data) ? null : data);
    else if (type === 'lost') this.lost(id);
    this.lastId = id;
  }

  /** The reports of the history arrive first, if at all. */
  private isKnown(line: string): boolean {
    if (this.known === null) return false;
    if (this.known.has((JSON.parse(line) as Report).id)) return true;
    this.known = null;
    return false;
  }

  /** Some events after the last one are no longer kept. @param id that of the last one that is missing */
  private lost(id: string): void {
    const [run, number] = parts(id);
    const [lastRun, last] = parts(this.lastId ?? '');
    const isRestart = run !== lastRun;
    this.listener.gap({
      from: this.lostAt,
      until: this.timers.wall(),
      isRestart,
      most: isRestart ? null : number - last,
    });
  }

  /** Ends a connection that has been silent for too long. @returns a function that stops it */
  private watch(ended: AbortController): () => void {
    const { timers } = this;
    const began = timers.wall();
    let timer: unknown;
    const check = (): void => {
      if (timers.wall() - Math.max(began, this.heardAt) > LONGEST_SILENCE) ended.abort();
      else timer = timers.start(check, CHECK);
    };
    timer = timers.start(check, CHECK);
    return () => timers.stop(timer);
  }

  private async *chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.heardAt = this.timers.wall();
      yield value;
    }
  }
}

/** Returns the run and the number in the id of an event: `RUN-5`. */
function parts(id: string): [string, number] {
  const at = id.lastIndexOf('-');
  return [id.slice(0, at), Number(id.slice(at + 1))];
}
