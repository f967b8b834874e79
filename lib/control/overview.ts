import type { Stage } from '../amqp/stage.js';
import type { HealthChecks } from '../health-check/health-checks.js';
import type { Recent } from '../report/activity.js';
import type { LeftOut, StepCount } from '../report/handshake-funnel.js';
import type { Limits } from '../report/limits.js';
import type { Outputs } from '../report/outputs.js';
import type { Report } from '../report/report.js';

/** Connections since the start. `accepted` includes the open ones, everything else counts connections that have ended. */
export type Totals = {
  readonly accepted: number;
  readonly ended: number;
  readonly forward: number;
  readonly refuse: number;
  readonly fault: number;
  readonly none: number;
  readonly healthChecks: number;
};

/** The last 15 minutes in slots of equal length. */
export type Timeline = Recent['timeline'];

/**
 * A step of the AMQP 0-9-1 handshake, of the connections that ended in the last 15 minutes: in the current minute and the 14
 * before it. `open`: the client has sent Tune-Ok. `running`: the broker has sent Open-Ok. A connection that reached a step
 * counts for all steps before it.
 *
 * All connections are part of it that could have been opened, including those that were refused, sent too little, or ended by
 * a fault or a limit. Those that could not are left out: see `LeftOut`.
 */
export type FunnelStep = StepCount;

/** A proxy as the overview shows it. */
export type ProxyOverview = {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly mirrorUpstream: boolean;
  /** Whether the upstream that it mirrors is up; null: it mirrors none, or does not listen. */
  readonly upstreamState: 'up' | 'down' | null;
  readonly mode: 'guard' | 'observe';
  readonly dialect: string;
  readonly learned: { readonly product: string; readonly version: string | null; readonly dialect: string } | null;
  readonly healthChecks: HealthChecks;
  /** Open connections. */
  readonly open: number;
};

/** The answer of `GET /overview`: what happens now, for the dashboard and `rabbit-snare top`. */
export type Overview = {
  /** The time of the server, ISO 8601. */
  readonly at: string;
  readonly startedAt: string;
  readonly version: string;
  readonly totals: Totals;
  /** Open connections by stage. Stages without any are left out. */
  readonly open: { readonly [Name in Stage]?: number };
  readonly timeline: Timeline;
  readonly funnel: readonly FunnelStep[];
  /** Connections that ended in the same time and are not part of the funnel. */
  readonly notInFunnel: LeftOut;
  readonly proxies: readonly ProxyOverview[];
  readonly outputs: Outputs;
  readonly limits: Limits;
  /** Clients of the event stream. */
  readonly eventClients: number;
};

export type Decision = Report['decision'];
