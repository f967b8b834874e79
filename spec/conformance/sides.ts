import type { Report } from '../../lib/report/report.js';
import type { Played } from '../support/corpus.js';
import type { LogEntry } from '../support/golden.js';

/** One script, played against the broker itself. */
export interface Direct extends Played {
  /** The broker's log entries; undefined when its log cannot be read. */
  readonly entries: readonly LogEntry[] | undefined;
}

/** The same script, played against a proxy in front of that broker. */
export interface Proxied extends Played {
  /** The proxy's log entries, in the broker's form. */
  readonly entries: readonly LogEntry[];
  /**
   * `without address` when the client's RST arrived before accept, so that its report cannot be identified;
   * undefined when there is no report.
   */
  readonly report: Report | 'without address' | undefined;
}
