import type { Overview } from '../control/overview.js';
import type { FaultView } from '../control/routes/faults.js';
import type { ScenarioView } from '../control/scenario-view.js';
import type { Report } from '../report/report.js';
import { eventBlocks } from '../text/server-sent-events.js';
import { type Control, RequestError } from './control.js';

/** Maximum reports that are kept in the page. Older ones can be asked for. */
export const MOST_REPORTS = 2000;
/** How often the page shows what is new, asks for the overview, and tries to reconnect, in ms. */
const [FLUSH, POLL, RETRY] = [250, 1000, 1000] as const;

/** Everything that the page shows, as of now. It is replaced, not changed. */
export type LiveState = {
  readonly link: 'connecting' | 'live' | 'lost' | 'token';
  /** Why there is no connection; null: there is one. */
  readonly problem: string | null;
  readonly overview: Overview | null;
  /** The overview before, for rates. */
  readonly before: Overview | null;
  readonly faults: readonly FaultView[];
  readonly scenarios: readonly ScenarioView[];
  /** Oldest first. */
  readonly reports: readonly Report[];
  /** Reports received since the page was opened. */
  readonly received: number;
  /** Times that reports were missed for good, because they were no longer kept when the page reconnected. */
  readonly gaps: number;
};

/** Follows the control API: events as they come, the overview once a second. What is new is shown a few times a second. */
export class Live {
  state: LiveState = {
    link: 'connecting',
    problem: null,
    overview: null,
    before: null,
    faults: [],
    scenarios: [],
    reports: [],
    received: 0,
    gaps: 0,
  };
  private readonly control: Control;
  private readonly listeners = new Set<() => void>();
  private arrived: Report[] = [];
  private received = 0;
  private lastId: string | null = null;
  private isFlushing = false;

  constructor(control: Control) {
    this.control = control;
  }

  /** Calls the listener after each change. @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    void this.followEvents();
    void this.poll();
  }

  /** Asks for the overview, the faults and the scenarios now, for example after a change. */
  async refresh(): Promise<void> {
    const { control } = this;
    const [overview, faults, scenarios] = await Promise.all([
      control.ask<Overview>('GET', '/overview'),
      control.ask<FaultView[]>('GET', '/faults'),
      control.ask<ScenarioView[]>('GET', '/scenarios'),
    ]);
    this.become({ overview, before: this.state.overview, faults, scenarios });
  }

  private async poll(): Promise<void> {
    for (;;) {
      if (this.state.link !== 'token') await this.refresh().catch((error: unknown) => this.failed(error));
      await pause(POLL);
    }
  }

  private async followEvents(): Promise<void> {
    for (;;) {
      try {
        await this.followOnce();
      } catch (error) {
        this.failed(error);
      }
      await pause(RETRY);
    }
  }

  private async followOnce(): Promise<void> {
    const headers: Record<string, string> = this.lastId === null ? {} : { 'Last-Event-ID': this.lastId };
    const response = await this.control.send('/events', { headers });
    if (this.lastId === null) await this.readHistory();
    this.become({ link: 'live', problem: null });
    for await (const { id, type, data } of eventBlocks(chunksOf(response.body as ReadableStream<Uint8Array>))) {
      this.lastId = id;
      if (type === 'report' && data !== undefined) this.arrive(JSON.parse(data) as Report);
      else if (type === 'lost') this.become({ gaps: this.state.gaps + 1 });
    }
    this.become({ link: 'lost', problem: 'the connection was closed' });
  }

  private async readHistory(): Promise<void> {
    const reports = await this.control.ask<Report[]>('GET', '/reports?limit=500');
    this.become({ reports: reports.reverse() });
  }

  private arrive(report: Report): void {
    this.received += 1;
    this.arrived.push(report);
    if (this.arrived.length > MOST_REPORTS) this.arrived = this.arrived.slice(-MOST_REPORTS);
    if (this.isFlushing) return;
    this.isFlushing = true;
    setTimeout(() => this.flush(), FLUSH);
  }

  private flush(): void {
    this.isFlushing = false;
    const reports = [...this.state.reports, ...this.arrived].slice(-MOST_REPORTS);
    this.arrived = [];
    this.become({ reports, received: this.received });
  }

  private failed(error: unknown): void {
    if (!(error instanceof RequestError)) throw error;
    this.become({ link: error.status === 401 ? 'token' : 'lost', problem: error.message });
  }

  private become(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
