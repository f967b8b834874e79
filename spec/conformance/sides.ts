import type { Report } from '../../lib/report/report.js';
import type { Played } from '../support/corpus.js';
import type { LogEntry } from '../support/golden.js';

/** One script, played to the broker itself. */
export interface Direct extends Played {
  /** What the broker logged of it; undefined when its log cannot be read. */
  readonly entries: readonly LogEntry[] | undefined;
}

/** The same script, played to a proxy in front of that broker. */
export interface Proxied extends Played {
  /** What the proxy logged of it, in the broker's form. */
  readonly entries: readonly LogEntry[];
  /**
   * `without address` when the client's RST was there before accept, so that there is nothing by which to find the report;
   * undefined when there is none.
   */
  readonly report: Report | 'without address' | undefined;
}
