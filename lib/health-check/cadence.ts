/** Connections that come again after the same time, within its jitter. Times are in ms. */
export type Train = {
  readonly period: number;
  /** At least five, in order. */
  readonly times: readonly number[];
};

/** How far a gap may be from the period, as a part of it. Twice the jitter of a checker whose times have a jitter of 10 %. */
export const TOLERANCE = 0.25;
/** Fewest connections of a train. */
export const FEWEST = 5;
/** Maximum trains that are told apart. */
const MOST_TRAINS = 6;
/** How many periods are tried, and how many sets of them are extended. */
const [CANDIDATES, BEAM] = [10, 3];
/** How many of the following times each time is compared with. */
const NEIGHBORS = 12;
/** Width of a class of differences: each is larger by this factor. */
const CLASS = Math.log(1.08);
/** Standard deviation below which a train is not more regular, as a part of its period. */
const SHARPEST = 0.015;
/** Standard deviation above which gaps are not regular, as a part of the period. */
const BLUNTEST = 0.1;
/** Costs in nats: of a period, of each connection for each further train, and of a missing connection. */
const [PARAMETER, FURTHER, MISSING] = [2, 0.15, 2.5];
/** How much better than chance trains must be, in nats. */
const EVIDENCE = 6;
/** Maximum part of the times that no train expected. */
const MOST_OTHERS = 0.25;
/** Entropy of a normal distribution with the standard deviation 1, and of an exponential one with the mean 1. */
const [NORMAL, EXPONENTIAL] = [0.5 * Math.log(2 * Math.PI * Math.E), 1];
/** Smallest gap in ms that is told apart from 0. */
const INSTANT = 1;

/**
 * Finds the periodic trains in the times of connections: one, or several that are interleaved, also with different periods.
 *
 * Sets of periods are tried. For each, the times are assigned to the train that expects them most closely, and the cost of the
 * set is the information (in nats) that describes the times as these trains and the rest as chance. The cheapest set wins
 * if it is better than pure chance by a margin, and each of its trains is regular.
 *
 * @param times in order, from 5 to about 100
 * @returns the trains, in no order; null if the times are not periodic
 */
export function findTrains(times: ArrayLike<number>): readonly Train[] | null {
  if (times.length < FEWEST) return null;
  const span = (times[times.length - 1] as number) - (times[0] as number);
  if (span < INSTANT) return null;
  const gap = span / (times.length - 1);
  const chance = (times.length - 1) * (EXPONENTIAL + Math.log(gap));
  const best = cheapest(times, span);
  const refined = best && follow(times, periodsOf(best), span);
  if (!refined || chance - refined.cost < EVIDENCE || refined.others > MOST_OTHERS * times.length) return null;
  if (!refined.trains.every(isRegular)) return null;
  return collect(times, periodsOf(refined)).filter(({ times: own }) => own.length >= FEWEST);
}

/** What following a set of trains showed about one of them. */
type Followed = {
  period: number;
  last: number;
  gaps: number;
  sum: number;
  squares: number;
  missing: number;
  resumed: number;
};
type Fit = { readonly trains: readonly Followed[]; readonly cost: number; readonly others: number };

const periodsOf = ({ trains }: Fit): readonly number[] =>
  trains.map(({ sum, gaps, period }) => (gaps ? sum / gaps : period));

function isRegular(train: Followed): boolean {
  const { gaps, missing, period } = train;
  return gaps >= FEWEST - 1 && gaps >= 4 * missing && deviationOf(train) <= BLUNTEST * period;
}

function deviationOf({ gaps, sum, squares, period }: Followed): number {
  const mean = sum / gaps;
  return Math.max(Math.sqrt(Math.max(0, squares / gaps - mean * mean)), SHARPEST * period);
}

function cheapest(times: ArrayLike<number>, span: number): Fit | null {
  const periods = candidates(times, span);
  const fits: Fit[] = [];
  // Trains of the same period: the n-th next time is one period later, wherever they cross.
  for (let count = 1; count <= MOST_TRAINS && times.length >= FEWEST * count; count++) {
    const period = medianGap(times, count);
    if (period >= INSTANT)
      fits.push(
        follow(
          times,
          Array.from({ length: count }, () => period),
          span,
        ),
      );
  }
  let beam = periods.map((period) => follow(times, [period], span)).sort(byCost);
  for (let count = 2; beam.length > 0; count++) {
    fits.push(...beam.slice(0, BEAM));
    if (count > MOST_TRAINS || times.length < FEWEST * count) break;
    const before = beam[0] as Fit;
    beam = beam
      .slice(0, BEAM)
      .flatMap((fit) => periods.map((period) => follow(times, [...periodsOf(fit), period], span)))
      .sort(byCost);
    if ((beam[0] as Fit).cost >= before.cost) break;
  }
  return fits.sort(byCost)[0] ?? null;
}

const byCost = (one: Fit, other: Fit): number => one.cost - other.cost;

/** Assigns each time to the train that expects it most closely, and returns the cost of the set of trains. */
function follow(times: ArrayLike<number>, periods: readonly number[], span: number): Fit {
  const trains: Followed[] = periods.map((period) => ({
    period,
    last: Number.NaN,
    gaps: 0,
    sum: 0,
    squares: 0,
    missing: 0,
    resumed: 0,
  }));
  let others = 0;
  for (let at = 0; at < times.length; at++) if (assign(trains, times[at] as number) === null) others += 1;
  const end = times[times.length - 1] as number;
  let cost = others === 0 ? 0 : others * (EXPONENTIAL + Math.log(span / others));
  for (const [at, train] of trains.entries()) {
    const { gaps, period, last, resumed } = train;
    if (gaps === 0) return { trains, cost: Number.POSITIVE_INFINITY, others };
    train.missing += Math.max(0, Math.floor((end - last) / period - TOLERANCE));
    cost += gaps * (NORMAL + Math.log(deviationOf(train))) + MISSING * train.missing + PARAMETER;
    // Where the first train begins is given.
    cost += resumed * (EXPONENTIAL + Math.log(period)) + (at > 0 ? Math.log(period) + FURTHER * times.length : 0);
  }
  return { trains, cost, others: others + trains.reduce((sum, { resumed }) => sum + resumed, 0) };
}

/** @returns the train that a time belongs to; null if it belongs to none */
function assign(trains: readonly Followed[], time: number): Followed | null {
  let best: Followed | null = null;
  let least = TOLERANCE;
  let unbegun: Followed | null = null;
  let overdue: Followed | null = null;
  for (const train of trains) {
    const gap = time - train.last;
    if (Number.isNaN(gap)) {
      unbegun ??= train;
      continue;
    }
    const error = Math.abs(gap / train.period - 1);
    if (error < least) {
      best = train;
      least = error;
    } else if (gap > train.period && (overdue === null || train.last < overdue.last)) overdue = train;
  }
  if (best !== null) {
    const gap = time - best.last;
    best.gaps += 1;
    best.sum += gap;
    best.squares += gap * gap;
    best.last = time;
    return best;
  }
  const again = unbegun ?? overdue;
  if (again === null) return null;
  if (overdue === again) {
    again.missing += Math.max(1, Math.round((time - again.last) / again.period) - 1);
    again.resumed += 1;
  }
  again.last = time;
  return again;
}

/** The trains with their times. */
function collect(times: ArrayLike<number>, periods: readonly number[]): Train[] {
  const trains = periods.map((period) => ({
    period,
    last: Number.NaN,
    gaps: 0,
    sum: 0,
    squares: 0,
    missing: 0,
    resumed: 0,
  }));
  const own = new Map<Followed, number[]>(trains.map((train) => [train, []]));
  for (let at = 0; at < times.length; at++) {
    const time = times[at] as number;
    const train = assign(trains, time);
    if (train !== null) own.get(train)?.push(time);
  }
  return [...own].map(([{ period }, each]) => ({ period, times: each }));
}

/** Periods that are more frequent among the differences of the times than chance would make them. */
function candidates(times: ArrayLike<number>, span: number): readonly number[] {
  const count = times.length;
  const classes = new Map<number, { sum: number; count: number }>();
  for (let from = 0; from < count; from++) {
    for (let to = from + 1; to < count && to <= from + NEIGHBORS; to++) {
      const difference = (times[to] as number) - (times[from] as number);
      // A train needs several gaps.
      if (difference < INSTANT || difference * (FEWEST - 1) * (1 - TOLERANCE) > span) continue;
      const key = Math.round(Math.log(difference) / CLASS);
      const found = classes.get(key);
      if (found) {
        found.sum += difference;
        found.count += 1;
      } else classes.set(key, { sum: difference, count: 1 });
    }
  }
  const rate = (count * count) / span;
  const scored: { readonly period: number; readonly score: number }[] = [];
  for (const [key, { sum, count: own }] of classes) {
    const [below, above] = [classes.get(key - 1), classes.get(key + 1)];
    const all = own + (below?.count ?? 0) + (above?.count ?? 0);
    const period = (sum + (below?.sum ?? 0) + (above?.sum ?? 0)) / all;
    const expected = rate * 3 * CLASS * period;
    scored.push({ period, score: (all - expected) / Math.sqrt(expected + 1) });
  }
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, CANDIDATES)
    .map(({ period }) => period);
}

/** The median of the differences between each time and the one `count` places later. */
function medianGap(times: ArrayLike<number>, count: number): number {
  const gaps = new Float64Array(times.length - count);
  for (let at = 0; at < gaps.length; at++) gaps[at] = (times[at + count] as number) - (times[at] as number);
  return median(gaps);
}

/** The median. Sorts the array. */
export function median(values: Float64Array): number {
  values.sort();
  const { length } = values;
  const middle = length >> 1;
  const upper = values[middle] as number;
  return length % 2 === 1 ? upper : (upper + (values[middle - 1] as number)) / 2;
}
