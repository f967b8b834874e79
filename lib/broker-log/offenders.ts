import type { LogEntry } from '../explain/log-entry.js';
import type { Kind } from './known-explanations.js';
import { byWeight, Offender } from './offender.js';

/** Default of how many sources and reasons are kept. */
const MOST = 10_000;

/** How often sources that are not kept on their own did something. */
export type Others = { readonly name: string; readonly count: number };

/** The reasons of each source, in bounded memory: when there are too many, those with the lowest counts are only counted together. */
export class Offenders {
  private readonly kept = new Map<string, Offender>();
  private readonly dropped = new Map<string, number>();
  private readonly most: number;

  constructor(most = MOST) {
    this.most = most;
  }

  add(source: string | null, kind: Kind, entry: LogEntry): void {
    const key = `${source} ${kind.name} ${kind.peer}`;
    let offender = this.kept.get(key);
    if (!offender) {
      if (this.kept.size >= this.most) this.dropHalf();
      offender = new Offender(source, kind, entry);
      this.kept.set(`${offender.source} ${kind.name} ${kind.peer}`, offender);
    }
    offender.add(entry.at);
  }

  /** Those to look at first are first. */
  sorted(): readonly Offender[] {
    return [...this.kept.values()].sort(byWeight);
  }

  /** Those that were dropped, by name. */
  get others(): ReadonlyMap<string, number> {
    return this.dropped;
  }

  private dropHalf(): void {
    const keys = [...this.kept].sort(([, one], [, other]) => other.count - one.count).map(([key]) => key);
    for (const key of keys.slice(this.most >> 1)) {
      const { name, count } = this.kept.get(key) as Offender;
      this.dropped.set(name, (this.dropped.get(name) ?? 0) + count);
      this.kept.delete(key);
    }
  }
}
