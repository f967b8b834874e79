import type { Dialect } from './dialect.js';
import { type LogLevel, loggedAs, type Reason, type ReasonName, type Severity, severityOf } from './reason.js';
import { type Circumstances, sentenceOf } from './sentence.js';
import { termOf } from './term.js';

/** A reason as reports and `classify` show it. */
export type DescribedReason = {
  readonly name: ReasonName;
  /** What a broker of that dialect prints, with each run of whitespace as one space; null for a clean end. */
  readonly term: string | null;
  readonly severity: Severity;
  /** The level at which a broker of that dialect logs it. */
  readonly loggedAs: LogLevel;
  readonly sentence: string;
};

/** Describes a reason in the words of a broker of that dialect, and in plain English. */
export function describeReason(reason: Reason, dialect: Dialect, about: Circumstances): DescribedReason {
  return {
    name: reason.name,
    term: termOf(reason, dialect)?.replace(/\s+/g, ' ') ?? null,
    severity: severityOf(reason),
    loggedAs: loggedAs(reason, dialect),
    sentence: sentenceOf(reason, about),
  };
}
