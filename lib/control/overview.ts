import type { Stage } from '../amqp/stage.js';
import type { HealthChecks } from '../health-check/health-checks.js';
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

/** The last 15 minutes in slots of equal length, oldest first. All arrays have the same length; the last slot is not complete. */
export type Timeline = {
  /** Length of a slot in ms. */
  readonly slotMs: number;
  /** When the first slot begins, in ms since 1970. */
  readonly from: number;
  /** Connections by the time at which they were accepted. */
  readonly accepted: readonly number[];
  /** Connections by the time at which they ended, for each reason that occurs. */
  readonly reasons: { readonly [reason: string]: readonly number[] };
};

/** A step of the 0-9-1 handshake, of the connections that ended in the last 15 minutes. */
export type FunnelStep = {
  readonly step: 'accepted' | 'header' | 'start' | 'tune' | 'open' | 'running';
  /** Connections that reached it. */
  readonly count: number;
  /** Median time from accept, in ms; null: nobody reached it, or it is the first. */
  readonly medianMs: number | null;
};

/** A proxy as the overview shows it. */
export type ProxyOverview = {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
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
  readonly proxies: readonly ProxyOverview[];
  readonly outputs: Outputs;
  readonly limits: Limits;
  /** Clients of the event stream. */
  readonly eventClients: number;
};

export type Decision = Report['decision'];
