import { type Clock, systemClock } from '../clock.js';
import type { ReportExtras } from './events.js';
import { HandshakeFunnel, type LeftOut, type StepCount } from './handshake-funnel.js';
import type { Report } from './report.js';
import { type Accepted, Timeline, type TimelineCounts } from './timeline.js';

/** Connections that have ended since the start: all, by decision, and the health checks among them. */
export type EndedTotals = { readonly ended: number; readonly healthChecks: number } & Readonly<
  Record<Report['decision'], number>
>;

/** The last 15 minutes. */
export type Recent = {
  readonly timeline: TimelineCounts;
  /** How far the handshakes got that have ended. */
  readonly funnel: readonly StepCount[];
  readonly notInFunnel: LeftOut;
};

/** What has happened since the start, and in the last 15 minutes. */
export class Activity {
  /** When it began, in ms since 1970. */
  readonly since: number;
  private readonly timeline: Timeline;
  private readonly funnel: HandshakeFunnel;
  private readonly counts = { ended: 0, forward: 0, refuse: 0, fault: 0, none: 0, healthChecks: 0 };

  constructor(clock: Clock = systemClock) {
    this.since = clock.wall();
    this.timeline = new Timeline(clock);
    this.funnel = new HandshakeFunnel(clock);
  }

  /** A connection has ended. */
  report(report: Report, { acceptedAt }: Pick<ReportExtras, 'acceptedAt'>): void {
    const { counts } = this;
    counts.ended += 1;
    counts[report.decision] += 1;
    if (report.healthCheck) counts.healthChecks += 1;
    this.timeline.ended(report.reason.name, { at: acceptedAt, ageMs: report.durationMs });
    this.funnel.add(report);
  }

  get totals(): EndedTotals {
    return { ...this.counts };
  }

  /** Returns the last 15 minutes. @param open the open connections */
  recent(open: readonly Accepted[]): Recent {
    const { timeline, funnel } = this;
    return { timeline: timeline.counts(open), funnel: funnel.steps, notInFunnel: funnel.leftOut };
  }
}
