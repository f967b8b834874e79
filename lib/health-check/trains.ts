/** Connections that come again after the same time, within its jitter. Times are in ms. */
export type Train = {
  readonly period: number;
  /** Standard deviation of the gaps, as a part of the period. */
  readonly deviation: number;
};

/** The trains that times were assigned to, and how well they describe them. */
export type Fit = {
  readonly trains: readonly FittedTrain[];
  /** The information, in nats, that describes the times. */
  readonly cost: number;
  /** Times that no train expected. */
  readonly others: number;
};

/** A train, and what was assigned to it. */
export type FittedTrain = Train & {
  readonly gaps: number;
  /** Connections that did not come. */
  readonly missing: number;
};

/** How far a gap may be from the period, as a part of it: more than twice the jitter of checkers. */
export const TOLERANCE = 0.25;
/** Deviations by which connections are expected: at least, and at most. */
const [SHARP, BLUNT] = [0.015, 0.12];
/** Deviation below which a train is not more regular. */
const SHARPEST = 0.004;
/** The deviation of a train before it is known. */
export const TYPICAL = 0.06;
/** How many deviations from the period a gap is that does not count. */
const FAR = 4;
/** Costs in nats: of a train, of each time for each further train, and of a missing connection. */
const [PARAMETERS, FURTHER, MISSING] = [2, 0.22, 2.5];
/** Entropy of a normal distribution with the standard deviation 1, and of an exponential one with the mean 1. */
const [NORMAL, EXPONENTIAL] = [0.5 * Math.log(2 * Math.PI * Math.E), 1];

export const clampDeviation = (deviation: number): number => Math.min(BLUNT, Math.max(SHARP, deviation));

/**
 * How unlikely a gap is for a train, as the negative logarithm of a density; infinite beyond the tolerance. Of two trains that
 * could explain a connection, the less unlikely one does.
 */
export function unlikelihood(gap: number, { period, deviation }: Train): number {
  const error = gap / period - 1;
  if (error > TOLERANCE || error < -TOLERANCE) return Number.POSITIVE_INFINITY;
  return (error * error) / (2 * deviation * deviation) + Math.log(period * deviation);
}

/** The cost of times without any train. @param span from the first to the last */
export const costOfChance = (count: number, span: number): number => count * (EXPONENTIAL + Math.log(span / count));

/** A train that times are being assigned to. */
type Followed = {
  readonly train: Train;
  last: number;
  gaps: number;
  sum: number;
  squares: number;
  missing: number;
  /** Times that it did not expect. */
  strange: number;
};

/**
 * Assigns each time to the train that expects it, and estimates the trains again.
 *
 * @param times in order
 * @param assigned called with each time and the place of its train
 */
export function follow(
  times: ArrayLike<number>,
  trains: readonly Train[],
  assigned?: (time: number, train: number) => void,
): Fit {
  const followed = trains.map((train) => ({
    train,
    last: Number.NaN,
    gaps: 0,
    sum: 0,
    squares: 0,
    missing: 0,
    strange: 0,
  }));
  let others = 0;
  for (let at = 0; at < times.length; at++) {
    const time = times[at] as number;
    const found = assign(followed, time);
    if (found < 0) others += 1;
    else assigned?.(time, found);
  }
  const end = times[times.length - 1] as number;
  let cost = others === 0 ? 0 : costOfChance(others, end - (times[0] as number));
  const fitted = followed.map((each) => estimate(each, end));
  for (const [at, { period, deviation, gaps, missing }] of fitted.entries()) {
    const { strange } = followed[at] as Followed;
    others += strange;
    if (gaps === 0) cost = Number.POSITIVE_INFINITY;
    cost += gaps * (NORMAL + Math.log(period * deviation)) + MISSING * missing + PARAMETERS;
    // Where the first train begins is given.
    cost += strange * (EXPONENTIAL + Math.log(period)) + (at > 0 ? Math.log(period) + FURTHER * times.length : 0);
  }
  return { trains: fitted, cost, others };
}

/** Returns the place of the train that a time belongs to; -1 if it belongs to none. */
function assign(trains: readonly Followed[], time: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let unbegun = -1;
  let overdue = -1;
  for (const [at, { train, last }] of trains.entries()) {
    const gap = time - last;
    if (Number.isNaN(gap)) {
      if (unbegun < 0) unbegun = at;
      continue;
    }
    const unlikely = unlikelihood(gap, train);
    if (unlikely < least) {
      best = at;
      least = unlikely;
    } else if (gap > train.period && (overdue < 0 || last < (trains[overdue] as Followed).last)) overdue = at;
  }
  const found = best >= 0 ? best : unbegun >= 0 ? unbegun : overdue;
  if (found >= 0) take(trains[found] as Followed, time, best >= 0);
  return found;
}

function take(each: Followed, time: number, isInTime: boolean): void {
  const gap = time - each.last;
  const { period, deviation } = each.train;
  // A gap that is far from the others says that the train was mistaken for another once, and nothing about its jitter.
  if (isInTime && Math.abs(gap / period - 1) > FAR * deviation) each.strange += 1;
  else if (isInTime) {
    each.gaps += 1;
    each.sum += gap;
    each.squares += gap * gap;
  } else if (!Number.isNaN(gap)) {
    each.missing += Math.max(1, Math.round(gap / period) - 1);
    each.strange += 1;
  }
  each.last = time;
}

function estimate({ train, gaps, sum, squares, missing, last }: Followed, end: number): FittedTrain {
  const period = gaps === 0 ? train.period : sum / gaps;
  const variance = gaps === 0 ? 0 : Math.max(0, squares / gaps - period * period);
  const late = Math.max(0, Math.floor((end - last) / period - TOLERANCE));
  return { period, deviation: Math.max(SHARPEST, Math.sqrt(variance) / period), gaps, missing: missing + late };
}
