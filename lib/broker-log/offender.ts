import type { Explanation } from '../explain/explanation.js';
import type { LogEntry } from '../explain/log-entry.js';
import type { Kind } from './known-explanations.js';
import { ownCopy } from './own-copy.js';
import { RecentTimes } from './recent-times.js';

/** How much of the first entry is kept, in characters. */
const LONGEST_EXAMPLE = 2000;

/** What one source did for one reason. */
export class Offender {
  /** IP address; null if the entries name no client. */
  readonly source: string | null;
  readonly name: Explanation['name'];
  readonly worry: Explanation['worry'];
  /** The first entry. */
  readonly example: LogEntry;
  /** Connections, or entries that are not about the end of one. */
  count = 0;
  /** ms since 1970; null if no entry has a time. */
  first: number | null = null;
  last: number | null = null;
  private times: RecentTimes | null = null;

  constructor(source: string | null, { name, worry }: Kind, { at, level, text }: LogEntry) {
    this.source = source === null ? null : ownCopy(source);
    this.name = name;
    this.worry = worry;
    this.example = { at, level, text: ownCopy(text.slice(0, LONGEST_EXAMPLE)) };
  }

  add(at: number | null): void {
    this.count += 1;
    if (at === null) return;
    if (this.first === null || at < this.first) this.first = at;
    if (this.last === null || at > this.last) this.last = at;
    this.times ??= new RecentTimes();
    this.times.add(at);
  }

  /** The periods of its checks, the shortest first; empty if it is not periodic. */
  get periods() {
    return this.times?.periods() ?? [];
  }
}

/** Those to look at first are first: the most frequent ones, and what is normal operation after everything else. */
export function byWeight(one: Offender, other: Offender): number {
  return Number(one.worry === 'no') - Number(other.worry === 'no') || other.count - one.count;
}
