import type { InvisibleChecks } from '../health-check/invisible-checks.js';
import type { ReportExtras } from './events.js';
import type { Limits } from './limits.js';
import type { Outputs } from './outputs.js';
import type { Carried } from './traffic.js';

/** What the metrics need to know about an open connection. */
export type OpenForMetrics = Carried & {
  readonly stage: string;
  readonly upstreamOctets?: ReportExtras['upstreamOctets'];
};

/** A fault that is switched on and can still act. */
export type FaultForMetrics = {
  readonly proxy: string;
  readonly name: string;
  readonly type: string;
  /** ms since 1970 */
  readonly addedAt: number;
};

/** What the event stream has done since the start. */
export type EventsForMetrics = {
  readonly clients: number;
  /** Clients that were disconnected because they read too slowly. */
  readonly cutOff: number;
  /** Reports that these had not read yet. */
  readonly reportsDropped: number;
};

/** Where the metrics get what is true now. All are called when the metrics are read. */
export type MetricSources = {
  /** The open connections of all proxies. */
  readonly open: () => readonly OpenForMetrics[];
  /** The names of all proxies. */
  readonly proxies: () => readonly string[];
  readonly faults: () => readonly FaultForMetrics[];
  readonly events: () => EventsForMetrics;
  /** The condition of the log and the reports. */
  readonly outputs: () => Outputs;
  /** The limits of the process. */
  readonly limits: () => Limits;
  /** The checks that never complete the TCP handshake. */
  readonly invisible: () => Pick<InvisibleChecks, 'available' | 'count'>;
};
