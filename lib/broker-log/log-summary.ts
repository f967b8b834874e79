import { explainEntry } from '../explain/explain-entry.js';
import type { Explanation } from '../explain/explanation.js';
import type { LogEntry } from '../explain/log-entry.js';
import { hostOf } from '../text/address-of.js';
import { isoTime } from '../text/iso-time.js';
import { EntryReader, type ReadEntry } from './entry-reader.js';
import { ExplainedConnections } from './explained-connections.js';
import { type Kind, type Known, KnownExplanations } from './known-explanations.js';
import { Offenders, type Others } from './offenders.js';
import { ownCopy } from './own-copy.js';
import type { Period } from './recent-times.js';

/** What a source did for one reason. */
export type SourceSummary = {
  /** IP address; null if the entries name no client. */
  readonly source: string | null;
  /** Connections. Entries that are not about the end of a connection are counted one by one. */
  readonly count: number;
  /** Time of the first and last one; null if the log has no times. Times without a zone are taken as UTC. */
  readonly first: string | null;
  readonly last: string | null;
  readonly level: LogEntry['level'];
  /** Periods of its last 64 connections, the shortest first; empty if they are not periodic. */
  readonly periods: readonly Period[];
  /** Of the first entry. */
  readonly explanation: Explanation;
  /** The first entry. */
  readonly example: string;
};

/** What a log says about connections. */
export type LogSummary = {
  /** Lines that are not empty. */
  readonly lines: number;
  /** Lines that are not RabbitMQ's. */
  readonly otherLines: number;
  /** Lines longer than 256 KiB, of which only that much was read. */
  readonly cutLines: number;
  readonly entries: number;
  /** Entries about connections. */
  readonly connectionEntries: number;
  readonly connections: { readonly accepted: number; readonly closed: number };
  /** Time of the first and last entry; null if the log has no times. */
  readonly from: string | null;
  readonly to: string | null;
  /** Those to look at first are first. */
  readonly sources: readonly SourceSummary[];
  /** What is not in `sources`, by the name of the explanation: rows after the top ones, and sources with the lowest counts. */
  readonly others: readonly Others[];
  /** Entries about connections that rabbit-snare does not know. */
  readonly unexplained: { readonly count: number; readonly examples: readonly string[] };
};

/** How many unknown entries are kept, and how many logins whose connection is not known yet. */
const [MOST_EXAMPLES, MOST_LOGINS] = [5, 1000] as const;

/** Summarizes a log while it is read: reasons by source. Memory is bounded. Several files are read one after the other. */
export class LogSummarizer {
  private connectionEntries = 0;
  private accepted = 0;
  private closed = 0;
  private from = Number.POSITIVE_INFINITY;
  private to = Number.NEGATIVE_INFINITY;
  private unknown = 0;
  private readonly unknownExamples = new Map<string, string>();
  private readonly explanations = new KnownExplanations();
  private readonly explained = new ExplainedConnections();
  private readonly offenders: Offenders;
  /** Refused logins by the process of their connection, which a later entry names. */
  private readonly logins = new Map<string, { readonly kind: Kind; readonly entry: LogEntry }>();
  private readonly reader: EntryReader;

  /**
   * @param now ms since 1970, for times without a year
   * @param most how many sources and reasons are kept; the others are only counted. @defaultValue 10,000
   */
  constructor(now: number, most?: number) {
    this.reader = new EntryReader((entry) => this.add(entry), now);
    this.offenders = new Offenders(most);
  }

  push(chunk: Uint8Array): void {
    this.reader.push(chunk);
  }

  /** Ends a file. */
  end(): void {
    this.reader.end();
  }

  /** The rows of the summary. Each takes about a millisecond. @param top how many */
  *rows(top: number): Generator<SourceSummary> {
    for (const { kind, entry } of this.logins.values()) this.offenders.add(null, kind, entry);
    this.logins.clear();
    for (const { source, count, first, last, periods, example } of this.offenders.sorted().slice(0, top)) {
      const explanation = explainEntry(example);
      if (explanation === null) continue;
      yield {
        source,
        count,
        first: timeOf(first),
        last: timeOf(last),
        level: example.level,
        periods,
        explanation,
        example: example.text,
      };
    }
  }

  /** @param sources all of `rows` with the same `top` */
  result(top: number, sources: readonly SourceSummary[] = [...this.rows(top)]): LogSummary {
    const others = new Map(this.offenders.others);
    for (const { name, count } of this.offenders.sorted().slice(top)) others.set(name, (others.get(name) ?? 0) + count);
    return {
      lines: this.reader.lines,
      otherLines: this.reader.others,
      cutLines: this.reader.cut,
      entries: this.reader.entries,
      connectionEntries: this.connectionEntries,
      connections: { accepted: this.accepted, closed: this.closed },
      from: timeOf(this.from),
      to: timeOf(this.to),
      sources,
      others: [...others].map(([name, count]) => ({ name, count })).sort((one, other) => other.count - one.count),
      unexplained: { count: this.unknown, examples: [...this.unknownExamples.values()] },
    };
  }

  private add(entry: ReadEntry): void {
    const { at, text } = entry;
    if (at !== null) {
      if (at < this.from) this.from = at;
      if (at > this.to) this.to = at;
    }
    // About a third of all entries.
    if (text.startsWith('accepting ')) {
      this.connectionEntries += 1;
      this.accepted += 1;
    } else {
      const known = this.explanations.of(entry);
      if (known !== null) this.addKnown(known, entry);
    }
  }

  private addKnown({ kind, client }: Known, entry: ReadEntry): void {
    this.connectionEntries += 1;
    const isEnd = /^[cC]losing (?!all channels)/.test(entry.text);
    if (isEnd) this.closed += 1;
    if (kind.name === 'unknown_connection_entry') this.addUnknown(entry.text);
    else if (kind.reason === null && kind.worry === 'no') return;
    else if (client === null) this.addNameless(kind, entry);
    else {
      if (entry.pid !== null) this.logins.delete(entry.pid);
      // After the entry about an error, the connection is closed like any other.
      const isEcho = isEnd && this.explained.close(client) && kind.name === 'closed_cleanly';
      if (isEcho) return;
      if (!isEnd && kind.reason !== null) this.explained.explain(client);
      this.offenders.add(hostOf(client), kind, entry);
    }
  }

  private addNameless(kind: Kind, entry: ReadEntry): void {
    const { pid } = entry;
    const isLogin = pid !== null && kind.name === 'user_failed_to_authenticate';
    // Each backend that refuses a login writes an entry.
    if (isLogin && this.logins.has(pid)) return;
    if (!isLogin || this.logins.size >= MOST_LOGINS) this.offenders.add(null, kind, entry);
    else
      this.logins.set(ownCopy(pid), { kind, entry: { at: entry.at, level: entry.level, text: ownCopy(entry.text) } });
  }

  private addUnknown(text: string): void {
    this.unknown += 1;
    if (this.unknownExamples.size >= MOST_EXAMPLES) return;
    const kind = text.replace(/\d+/g, '0').slice(0, 200);
    if (!this.unknownExamples.has(kind)) this.unknownExamples.set(ownCopy(kind), ownCopy(text.slice(0, 500)));
  }
}

const timeOf = (at: number | null): string | null => (at === null || !Number.isFinite(at) ? null : isoTime(at));
