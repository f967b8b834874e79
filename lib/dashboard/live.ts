import type { Overview } from '../control/overview.js';
import type { FaultView } from '../control/routes/faults.js';
import type { ScenarioView } from '../control/scenario-view.js';
import type { Report } from '../report/report.js';
import { type Control, RequestError } from './control.js';
import { EventFeed, type Gap } from './event-feed.js';
import { ReportRing } from './report-ring.js';
import { browserTimers, type Timers } from './timers.js';

/** Maximum reports that are kept in the page, and maximum characters of their JSON. Older ones can be asked for. */
export const MOST_REPORTS = 2000;
const MOST_LENGTH = 8_000_000;
/** Maximum connections listed for each fault. */
const MOST_SEEN = 20;
/** How often the page shows what is new, asks for the overview, and tries to reconnect, in ms. */
const [FLUSH, POLL, RETRY] = [250, 1000, 1000] as const;
/** The time that rates are averaged over, in ms. */
const WINDOW = 5_500;

/** Everything that the page shows, as of now. It is replaced, not changed. */
export type LiveState = {
  readonly link: 'connecting' | 'live' | 'lost' | 'token';
  /** Why there is no connection; null: there is one. */
  readonly problem: string | null;
  readonly overview: Overview | null;
  /** An overview of the same run from about 5 s before, for rates; null: there is none. */
  readonly before: Overview | null;
  readonly faults: readonly FaultView[];
  readonly scenarios: readonly ScenarioView[];
  /** Oldest first. */
  readonly reports: readonly Report[];
  /** Reports received since the page was opened. */
  readonly received: number;
  /** Times that reports were missed for good, because they were no longer kept when the page reconnected. */
  readonly gaps: number;
  /** The last of them; null: there was none, or the user has seen it. */
  readonly gap: Gap | null;
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
    gap: null,
  };
  private readonly control: Control;
  private readonly timers: Timers;
  private readonly feed: EventFeed;
  private readonly ring = new ReportRing(MOST_REPORTS, MOST_LENGTH);
  private readonly listeners = new Set<() => void>();
  private received = 0;
  private isStreaming = false;
  private isFlushing = false;
  private isHidden = false;
  private isLocked = false;
  private streamProblem: string | null = null;
  private pollProblem: string | null = null;
  /** The overviews of the last seconds, oldest first. */
  private samples: readonly Overview[] = [];
  /** Refreshes that were begun, and the last of them whose answers are shown. */
  private begun = 0;
  private shown = 0;

  constructor(control: Control, timers: Timers = browserTimers) {
    this.control = control;
    this.timers = timers;
    this.feed = new EventFeed(control, timers, {
      opened: () => this.opened(),
      history: (reports) => this.ring.reset(reports),
      report: (line) => this.arrived(line),
      gap: (gap) => this.become({ gaps: this.state.gaps + 1, gap }),
    });
  }

  /** Calls the listener after each change. @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    void this.follow();
    void this.poll();
  }

  /** Says whether nobody can see the page. Then nothing is asked and nothing is drawn, but reports are still received. */
  setHidden(isHidden: boolean): void {
    this.isHidden = isHidden;
    if (isHidden) return;
    this.flush();
    void this.refresh().catch((error: unknown) => this.pollFailed(error));
  }

  /** Uses a token from now on. @throws RequestError, with status 401 if it is wrong */
  async login(token: string): Promise<void> {
    this.control.token = token;
    await this.refresh();
    this.isLocked = false;
    this.pollProblem = null;
    this.streamProblem = null;
    this.become({});
  }

  /** The user has seen that reports are missing. */
  dismissGap(): void {
    this.become({ gap: null });
  }

  /** Asks for the overview, the faults and the scenarios now, for example after a change. @throws RequestError */
  async refresh(): Promise<void> {
    const { control } = this;
    this.begun += 1;
    const turn = this.begun;
    const [overview, faults, scenarios] = await Promise.all([
      control.ask<Overview>('GET', '/overview'),
      control.ask<FaultView[]>('GET', `/faults?seen=${MOST_SEEN}`),
      control.ask<ScenarioView[]>('GET', '/scenarios'),
    ]);
    // An answer that was overtaken would show what was before a change.
    if (turn < this.shown) return;
    this.shown = turn;
    this.pollProblem = null;
    this.samples = [...this.samples.filter((each) => isRecent(each, overview)), overview];
    const [before] = this.samples;
    this.become({ overview, before: before === overview || before === undefined ? null : before, faults, scenarios });
  }

  private async poll(): Promise<void> {
    if (!this.isHidden && !this.isLocked) await this.refresh().catch((error: unknown) => this.pollFailed(error));
    this.timers.start(() => void this.poll(), POLL);
  }

  private async follow(): Promise<void> {
    if (!this.isLocked) {
      try {
        await this.feed.follow();
        this.streamProblem = 'the connection was closed';
      } catch (error) {
        this.streamProblem = this.messageOf(error);
      }
      this.isStreaming = false;
      this.become({});
    }
    this.timers.start(() => void this.follow(), RETRY);
  }

  private opened(): void {
    this.isStreaming = true;
    this.streamProblem = null;
    this.become({ reports: this.ring.read() });
  }

  private arrived(line: string | null): void {
    this.received += 1;
    if (line !== null) this.ring.add(line);
    if (this.isFlushing || this.isHidden) return;
    this.isFlushing = true;
    this.timers.start(() => this.flush(), FLUSH);
  }

  private flush(): void {
    this.isFlushing = false;
    if (this.isHidden) return;
    this.become({ reports: this.ring.read(), received: this.received });
  }

  private pollFailed(error: unknown): void {
    this.pollProblem = this.messageOf(error);
    this.become({});
  }

  private messageOf(error: unknown): string {
    if (error instanceof RequestError && error.status === 401) this.isLocked = true;
    return error instanceof Error ? error.message : String(error);
  }

  private become(change: Partial<LiveState>): void {
    const problem = this.streamProblem ?? this.pollProblem;
    this.state = { ...this.state, ...change, link: this.linkWith(problem), problem };
    for (const listener of this.listeners) listener();
  }

  private linkWith(problem: string | null): LiveState['link'] {
    if (this.isLocked) return 'token';
    if (problem !== null) return 'lost';
    return this.isStreaming ? 'live' : 'connecting';
  }
}

/** Whether an overview is of the same run as a later one, and not much older. */
const isRecent = (earlier: Overview, { at, startedAt }: Overview): boolean =>
  earlier.startedAt === startedAt && Date.parse(at) - Date.parse(earlier.at) <= WINDOW;
