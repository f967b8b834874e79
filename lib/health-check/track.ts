import type { BrokerLog } from './broker-log.js';
import { FEWEST, type FoundTrain, findTrains } from './cadence.js';
import { Check } from './check.js';
import type { Guess, NamedGuess } from './guess.js';
import { LATEST, LatestTimes } from './latest-times.js';
import type { Cadence } from './refine.js';
import type { HealthCheckStyle } from './style.js';
import { TOLERANCE } from './trains.js';

/** Times at which the connections are searched for checks; afterward after every `LATEST` connections, if it is needed. */
const SEARCHES = [5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64];
/** Deviation of a check so regular that no other explanation is looked for, as a part of the period. */
const SHARP = 0.03;
/** How many connections at most are between two searches without a find. */
const RAREST = 1024;
/** How many unexpected connections cause a new search. */
const MOST_STRAYS = 8;
/** How many connections at least are between two searches that unexpected connections cause, at first. */
const PAUSE = 32;
/** Time at least between two searches, in ms: a search costs up to 1 ms. */
const REST = 1_000;
/** Mean gap below which the connections of a source are a flood and not searched for checks, in ms. */
const FLOOD = 100;

/** The connections of one source that did the same, and the periodic checks among them. Times are in ms since 1970. */
export class Track {
  readonly style: HealthCheckStyle;
  readonly firstSeen: number;
  lastSeen: number;
  /** Number of connections. */
  count = 0;
  /** What makes these connections; null if nothing known does. */
  guess: Guess | null = null;
  /** The same as reports have it. */
  named: NamedGuess | null = null;
  /** What the broker logs about the last connection that was news; set where reports are made. */
  logged: BrokerLog | null = null;
  /** Whether the octets are a known check's own signature. */
  isSignature = false;
  checks: readonly Check[] = [];
  private readonly times = new LatestTimes();
  /** Unexpected connections since the last search. */
  private strays = 0;
  private searchedAt = 0;
  private restsUntil = 0;
  /** Doubles while searches that unexpected connections cause follow each other. */
  private pause = PAUSE;

  constructor(style: HealthCheckStyle, time: number) {
    this.style = style;
    this.firstSeen = time;
    this.lastSeen = time;
  }

  /** @returns the check that a connection belongs to; null if it is not known to belong to one */
  add(time: number): Check | null {
    this.count += 1;
    this.lastSeen = Math.max(time, this.lastSeen);
    this.times.add(time);
    const check = this.assign(time);
    if (check === null) this.strays += 1;
    if (!this.isSearchDue()) return check;
    this.search();
    return this.checks.find(({ lastSeen }) => lastSeen === time) ?? null;
  }

  /** Whether the last connection was one of the first, or the number of connections has doubled since the last news. */
  get isNews(): boolean {
    return (this.count & (this.count - 1)) === 0;
  }

  /** Whether all its connections belong to checks. */
  get isPeriodic(): boolean {
    return this.checks.length > 0 && this.checks.every(({ isRegular }) => isRegular);
  }

  /** Whether there is one check, so regular that several would not explain it better. */
  private get isSharp(): boolean {
    const [check, ...others] = this.checks;
    return check !== undefined && others.length === 0 && check.expected.deviation <= SHARP;
  }

  /** When the connections come. Of several interleaved checks there is no one period. */
  get cadence(): Cadence {
    const { checks } = this;
    const times = this.times.toArray();
    const [check] = checks.length === 1 ? checks : [];
    return {
      periodMs: check?.periodMs ?? null,
      jitterMs: check?.jitterMs ?? null,
      gaps: times.slice(1).map((time, at) => time - (times[at] as number)),
    };
  }

  /** Sets the guess. The same one keeps its object, so that reports can share its JSON. */
  learn(guess: Guess | null, isSignature = false): void {
    this.isSignature = isSignature;
    if (guess?.what === this.guess?.what && guess?.detail === this.guess?.detail) return;
    this.guess = guess;
    this.named = guess && { what: guess.what, detail: guess.detail, confidence: guess.confidence };
  }

  private assign(time: number): Check | null {
    let best: Check | null = null;
    let least = Number.POSITIVE_INFINITY;
    let overdue: Check | null = null;
    for (const check of this.checks) {
      const unlikely = check.unlikelihoodAt(time);
      if (unlikely < least) {
        best = check;
        least = unlikely;
      } else if (check.isOverdueAt(time) && (overdue === null || check.lastSeen < overdue.lastSeen)) overdue = check;
    }
    if (best !== null) best.add(time);
    else if (overdue !== null) {
      overdue.resume(time);
      this.strays += 1;
    }
    return best ?? overdue;
  }

  private isSearchDue(): boolean {
    const { count, strays, times, lastSeen } = this;
    if (times.span < FLOOD * (times.length - 1)) return false;
    if (lastSeen < this.restsUntil) return false;
    if (count <= LATEST) return SEARCHES.includes(count) && !(strays === 0 && this.isSharp);
    // What is not periodic is searched more and more rarely.
    if (this.checks.length === 0)
      return count % LATEST === 0 && count >= Math.min(2 * this.searchedAt, this.searchedAt + RAREST);
    const isYoung = count <= 4 * LATEST && this.isNews && !this.isSharp;
    return isYoung || (strays >= MOST_STRAYS && count - this.searchedAt >= this.pause);
  }

  private search(): void {
    const { count, strays } = this;
    const isSoon = count - this.searchedAt <= 2 * this.pause;
    if (count > LATEST) this.pause = isSoon ? Math.min(2 * this.pause, RAREST) : PAUSE;
    this.searchedAt = count;
    this.restsUntil = this.lastSeen + REST;
    this.strays = 0;
    const times = this.times.toArray();
    const trains = findTrains(times) ?? (times.length > 4 * FEWEST ? findTrains(times.slice(-4 * FEWEST)) : null);
    // Checks that explain all connections are replaced only by fewer ones.
    const isSettled = count > LATEST && strays === 0 && this.isPeriodic;
    if (isSettled && trains !== null && trains.length >= this.checks.length) return;
    if (trains !== null) this.adopt(trains);
    else if (!isSettled) this.checks = this.checks.filter(({ isRegular }) => isRegular);
  }

  /** Checks that were known before keep their counts. */
  private adopt(trains: readonly FoundTrain[]): void {
    const known = [...this.checks];
    this.checks = trains.map((train) => {
      const at = known.findIndex(({ expected }) => Math.abs(expected.period / train.period - 1) < TOLERANCE);
      const [before] = at < 0 ? [] : known.splice(at, 1);
      return new Check(train, before);
    });
  }
}
