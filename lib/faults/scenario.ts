import type { Fault } from './fault.js';

/** A fault with its time; all in ms from the begin of the scenario, or of its round. */
export type Step = {
  readonly fault: Fault;
  /** When it is added. */
  readonly after: number;
  /** When it is removed; null for with the end of the scenario. */
  readonly until: number | null;
};

/** Faults that come and go. */
export type Scenario = {
  readonly steps: readonly Step[];
  /** How often all steps are gone through; null for without an end. */
  readonly repeat: number | null;
  /** How long it lasts without a sign of life of whoever runs it, in ms; null for as long as the instance. */
  readonly lease: number | null;
};

export type ScenarioInput = {
  readonly steps: readonly object[];
  readonly repeat?: number | string | boolean | null;
  readonly lease?: number | string | null;
};

/** What a scenario asks for at a time: a function of both, so that nothing drifts. */
export type Plan = {
  /** The steps whose faults are there, by their place in the list, in that order. */
  readonly active: readonly number[];
  /** Which round it is, from 0. A fault of another round is another fault: it counts anew. */
  readonly round: number;
  /** ms from the begin until this changes; null when it does not any more. */
  readonly changesAt: number | null;
  readonly isOver: boolean;
};

/** @param elapsed ms since the scenario began */
export function planAt({ steps, repeat }: Scenario, elapsed: number): Plan {
  const length = roundOf(steps);
  // What never ends has one round.
  const rounds = length === null || length === 0 ? 1 : (repeat ?? Number.POSITIVE_INFINITY);
  const round = length === null || length === 0 ? 0 : Math.min(Math.floor(elapsed / length), rounds - 1);
  const begin = round * (length ?? 0);
  const at = elapsed - begin;
  const active = steps.flatMap(({ after, until }, nth) =>
    at >= after && at < (until ?? Number.POSITIVE_INFINITY) ? [nth] : [],
  );
  const times = steps.flatMap(({ after, until }) => [after, ...(until === null ? [] : [until])]);
  const isLast = round + 1 >= rounds;
  // The next round may begin with steps that this one had at its begin.
  if (!isLast && length !== null) times.push(length);
  const next = Math.min(...times.filter((time) => time > at));
  const isOver = isLast && length !== null && at >= length;
  return { active, round, changesAt: Number.isFinite(next) ? begin + next : null, isOver };
}

/** How long a round is: until its last step is removed; null when one is not. */
export function roundOf(steps: readonly Step[]): number | null {
  const ends = steps.map(({ until }) => until);
  return ends.includes(null) ? null : Math.max(0, ...(ends as number[]));
}
