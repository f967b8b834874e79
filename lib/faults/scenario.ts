import type { HealthChecks } from '../health-check/health-checks.js';
import type { Fault } from './fault.js';

/** When a step begins and ends, in ms from the start of the scenario or of its round. */
export type StepTimes = {
  readonly after: number;
  /** Null: when the scenario ends. */
  readonly until: number | null;
};

/** A fault that is added and removed. */
export type FaultStep = StepTimes & { readonly fault: Fault };

/** A setting that replaces the `healthChecks` of a proxy. */
export type AnswerStep = StepTimes & { readonly proxy: string; readonly healthChecks: HealthChecks };

export type Step = FaultStep | AnswerStep;

/** Faults and `healthChecks` settings on a schedule. */
export type Scenario = {
  readonly steps: readonly Step[];
  /** How many rounds the steps are run; null: without end. */
  readonly repeat: number | null;
  /** The scenario ends if its owner does not renew it for this time, in ms; null: it needs no renewal. */
  readonly lease: number | null;
};

export type ScenarioInput = {
  readonly steps: readonly object[];
  readonly repeat?: number | string | boolean | null;
  readonly lease?: number | string | null;
};

/** The steps that are active at a time. Computed from the time alone, so nothing drifts. */
export type Plan = {
  /** The indexes of the steps that are active, in order. */
  readonly active: readonly number[];
  /** The round, from 0. Each round adds new faults, whose hits start at 0. */
  readonly round: number;
  /** When this plan changes, in ms from the start; null: never. */
  readonly changesAt: number | null;
  readonly isOver: boolean;
};

/** @param elapsed ms since the scenario began */
export function planAt({ steps, repeat }: Scenario, elapsed: number): Plan {
  const length = roundOf(steps);
  // A scenario that never ends has one round.
  const rounds = length === null || length === 0 ? 1 : (repeat ?? Number.POSITIVE_INFINITY);
  const round = length === null || length === 0 ? 0 : Math.min(Math.floor(elapsed / length), rounds - 1);
  const begin = round * (length ?? 0);
  const at = elapsed - begin;
  const active = steps.flatMap(({ after, until }, nth) =>
    at >= after && at < (until ?? Number.POSITIVE_INFINITY) ? [nth] : [],
  );
  const times = steps.flatMap(({ after, until }) => [after, ...(until === null ? [] : [until])]);
  const isLast = round + 1 >= rounds;
  // The next round can start with the same steps as this one.
  if (!isLast && length !== null) times.push(length);
  const next = Math.min(...times.filter((time) => time > at));
  const isOver = isLast && length !== null && at >= length;
  return { active, round, changesAt: Number.isFinite(next) ? begin + next : null, isOver };
}

/** How far a running scenario is. */
export type Progress = {
  /** The current round, from 1. */
  readonly round: number;
  /** Number of rounds; null: without end. */
  readonly rounds: number | null;
  /** Time until its end, in ms; null: it runs until it is ended. */
  readonly left: number | null;
  /** The state of each step in the current round. */
  readonly steps: readonly ('waiting' | 'active' | 'over')[];
};

/** @param elapsed ms since the scenario began */
export function progressAt(scenario: Scenario, elapsed: number): Progress {
  const { steps, repeat } = scenario;
  const { active, round } = planAt(scenario, elapsed);
  const length = roundOf(steps);
  const at = elapsed - round * (length ?? 0);
  return {
    round: round + 1,
    rounds: repeat,
    left: length === null || repeat === null ? null : Math.max(0, length * repeat - elapsed),
    steps: steps.map(({ after }, nth) => (active.includes(nth) ? 'active' : at < after ? 'waiting' : 'over')),
  };
}

/** Returns the length of a round in ms, until its last step is removed; null if a step is never removed. */
export function roundOf(steps: readonly StepTimes[]): number | null {
  const ends = steps.map(({ until }) => until);
  return ends.includes(null) ? null : Math.max(0, ...(ends as number[]));
}
