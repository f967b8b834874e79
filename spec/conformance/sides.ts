import type { Report } from '../../lib/report/report.js';
import type { Played } from '../support/corpus.js';
import type { LogEntry } from '../support/golden.js';

/** What both ends of a connection saw. */
export interface Ends extends Omit<Played, 'end'> {
  /** `own-rst`: it reset itself; `none`: there was no connection to the server. */
  readonly end: Played['end'] | 'own-rst' | 'none';
  /** Whether the machine was too busy while it was played. */
  readonly stalled?: boolean;
  /** Whether it received a close_notify; undefined without TLS. */
  readonly notified?: boolean | undefined;
  /** What the server saw, if it is not a broker. */
  readonly server?: Omit<Ends, 'server'>;
}

/** One script, played against the broker itself. */
export interface Direct extends Ends {
  /** The broker's log entries; undefined when its log cannot be read. */
  readonly entries: readonly LogEntry[] | undefined;
  /** What else the process of the connection logged. @defaultValue nothing */
  readonly others?: readonly LogEntry[];
}

/** The same script, played against a proxy in front of that broker. */
export interface Proxied extends Ends {
  /** The proxy's log entries, in the broker's form. */
  readonly entries: readonly LogEntry[];
  /**
   * `without address` when the client's RST arrived before accept, so that its report cannot be identified;
   * undefined when there is no report.
   */
  readonly report: Report | 'without address' | undefined;
}
