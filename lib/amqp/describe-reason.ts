import type { Dialect } from './dialect.js';
import { loggedAs, loggedBeforeTls, type Reason, type ReasonName, type Severity, severityOf } from './reason.js';
import { type Circumstances, sentenceOf } from './sentence.js';
import { termOf } from './term.js';

/** A reason in words, as reports and `classify` give it. */
export type DescribedReason = {
  readonly name: ReasonName;
  /** What a broker of that dialect prints; null for an orderly end. */
  readonly term: string | null;
  readonly severity: Severity;
  /** The level at which a broker of that dialect logs it. */
  readonly loggedAs: Severity | 'debug';
  readonly sentence: string;
};

/** Describes a reason as a broker of that dialect does, and in one plain sentence. */
export function describeReason(reason: Reason, dialect: Dialect, about: Circumstances): DescribedReason {
  return {
    name: reason.name,
    term: termOf(reason, dialect),
    severity: severityOf(reason.name),
    loggedAs: 'tls' in reason ? loggedBeforeTls(reason.name, dialect) : loggedAs(reason.name, dialect),
    sentence: sentenceOf(reason, about),
  };
}
