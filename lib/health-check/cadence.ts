import {
  clampDeviation,
  costOfChance,
  type Fit,
  type FittedTrain,
  follow,
  TOLERANCE,
  type Train,
  TYPICAL,
} from './trains.js';

/** A train and its times in order, at least five. */
export type FoundTrain = Train & { readonly times: readonly number[] };

/** Fewest connections of a train. */
export const FEWEST = 5;
/** Maximum trains that are distinguished. */
const MOST_TRAINS = 6;
/** How many periods are tried, and how many sets of them are extended. */
const [CANDIDATES, BEAM] = [10, 3];
/** How many of the following times each time is compared with. */
const NEIGHBORS = 12;
/** Width of a class of differences: each is larger by this factor. */
const CLASS = Math.log(1.08);
/** Deviation above which gaps are not regular, as a part of the period. */
const BLUNTEST = 0.11;
/** Maximum multiple of a period that is recognized as one. */
const MOST_MULTIPLE = 3;
/** Periods are similar if none is longer than another by this factor. */
const SIMILAR = 1.1;
/** How much better than chance trains must be, in nats. */
const EVIDENCE = 8;
/** Maximum part of the times that no train expected. */
const MOST_OTHERS = 0.25;
/** Smallest gap in ms that is distinguished from 0. */
const INSTANT = 1;

/**
 * Finds the periodic trains in the times of connections: one, or several that are interleaved, also with different periods.
 *
 * Sets of periods are tried. For each, the times are assigned to the train that expects them most closely, and the cost of the
 * set is the information that describes the times as these trains, and the rest as chance. The cheapest set wins if it is
 * better than pure chance by a margin, and each of its trains is regular.
 *
 * @param times in order, from 5 to about 100
 * @returns the trains, in no order; null if the times are not periodic
 */
export function findTrains(times: readonly number[]): readonly FoundTrain[] | null {
  if (times.length < FEWEST) return null;
  const span = (times[times.length - 1] as number) - (times[0] as number);
  if (span < INSTANT) return null;
  const best = cheapest(times, span);
  if (best === null || costOfChance(times.length - 1, span) - best.cost < EVIDENCE) return null;
  if (best.others > MOST_OTHERS * times.length || !best.trains.every(isRegular)) return null;
  const found = best.trains.map((train) => ({ ...train, times: [] as number[] }));
  follow(times, next(best), (time, train) => found[train]?.times.push(time));
  return found.every(({ times: own }) => own.length >= FEWEST) ? found : null;
}

const isRegular = ({ gaps, missing, deviation }: FittedTrain): boolean =>
  gaps >= FEWEST - 1 && gaps >= 4 * missing && deviation <= BLUNTEST;

/** The trains as they were estimated, to assign the times again. */
const next = ({ trains }: Fit): readonly Train[] =>
  trains.map(({ period, deviation }) => ({ period, deviation: clampDeviation(deviation) }));

const trainOf = (period: number): Train => ({ period, deviation: TYPICAL });

const byCost = (one: Fit, other: Fit): number => one.cost - other.cost;

function cheapest(times: readonly number[], span: number): Fit | null {
  const single = candidates(times, span).map(trainOf);
  const fits: Fit[] = [];
  // Trains of the same period: the n-th next time is one period later, wherever they cross.
  for (let count = 1; count <= MOST_TRAINS && times.length >= FEWEST * count; count++) {
    const period = medianGap(times, count);
    if (period >= INSTANT)
      fits.push(
        follow(
          times,
          Array.from({ length: count }, () => trainOf(period)),
        ),
      );
  }
  let beam = single
    .map((train) => follow(times, [train]))
    .sort(byCost)
    .slice(0, BEAM);
  for (let count = 2; beam.length > 0; count++) {
    fits.push(...beam);
    if (count > MOST_TRAINS || times.length < FEWEST * count) break;
    const before = beam[0] as Fit;
    beam = beam
      .flatMap((fit) => single.map((train) => follow(times, [...next(fit), train])))
      .sort(byCost)
      .slice(0, BEAM);
    if ((beam[0] as Fit).cost >= before.cost) break;
  }
  // Better estimates of the trains assign the times better.
  const refined = fits.map((fit) => refine(times, fit));
  const best = refined.sort(byCost)[0];
  return best ? merged(times, best) : null;
}

const refine = (times: readonly number[], fit: Fit): Fit => follow(times, next(follow(times, next(fit))));

/** A train can be mistaken for several of a multiple of its period. Replaces them with it where that is cheaper. */
function merged(times: readonly number[], fit: Fit): Fit {
  const trains = next(fit);
  const others: Fit[] = [];
  for (let set = 0; set < 2 ** trains.length; set++) {
    const chosen = trains.filter((_, at) => set & (1 << at));
    const { length: size } = chosen;
    if (size < 2 || size > MOST_MULTIPLE) continue;
    const periods = chosen.map(({ period }) => period);
    if (Math.max(...periods) > SIMILAR * Math.min(...periods)) continue;
    const rest = trains.filter((_, at) => !(set & (1 << at)));
    const period = periods.reduce((sum, each) => sum + each) / size ** 2;
    // The first time begins the first train, which may be the wrong one.
    for (const order of [
      [trainOf(period), ...rest],
      [...rest, trainOf(period)],
    ]) {
      others.push(refine(times, follow(times, order)));
    }
  }
  const best = others.sort(byCost)[0];
  return best && best.cost < fit.cost ? merged(times, best) : fit;
}

/** Periods that are more frequent among the differences of the times than chance would make them. */
function candidates(times: readonly number[], span: number): readonly number[] {
  const classes = new Map<number, { sum: number; count: number }>();
  for (let from = 0; from < times.length; from++) {
    for (let to = from + 1; to < times.length && to <= from + NEIGHBORS; to++) {
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
  const rate = times.length ** 2 / span;
  const scored = [...classes.keys()].map((key) => {
    let [sum, count] = [0, 0];
    for (const each of [classes.get(key - 1), classes.get(key), classes.get(key + 1)]) {
      sum += each?.sum ?? 0;
      count += each?.count ?? 0;
    }
    const expected = (rate * 3 * CLASS * sum) / count;
    return { period: sum / count, score: (count - expected) / Math.sqrt(expected + 1) };
  });
  scored.sort((one, other) => other.score - one.score);
  return scored.slice(0, CANDIDATES).map(({ period }) => period);
}

/** The median of the differences between each time and the one `count` places later. */
function medianGap(times: readonly number[], count: number): number {
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
