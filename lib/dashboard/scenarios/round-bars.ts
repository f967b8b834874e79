import type { ScenarioStepView, ScenarioView } from '../../control/scenario-view.js';

/** A step as a bar, in percent of the time that is shown. */
export type Bar = {
  readonly step: ScenarioStepView;
  readonly left: number;
  readonly width: number;
};

/** The current round of a scenario, to be drawn. */
export type RoundBars = {
  readonly bars: readonly Bar[];
  /** The position of now, in percent. */
  readonly now: number;
  /** The time that is shown, in ms from the start of the round. */
  readonly shown: number;
  /** Whether the last step has an end; if not, the time that is shown grows. */
  readonly hasEnd: boolean;
};

/** The time that is shown of a scenario without end, at least, in ms. */
const LEAST = 10_000;

/** Lays out the steps of the current round. A step without an end reaches to the right edge. */
export function roundBars({ steps, elapsedMs, round }: Pick<ScenarioView, 'steps' | 'elapsedMs' | 'round'>): RoundBars {
  const ends = steps.flatMap(({ until }) => until ?? []);
  const hasEnd = ends.length === steps.length;
  const length = Math.max(0, ...ends);
  const at = hasEnd ? Math.min(elapsedMs - (round - 1) * length, length) : elapsedMs;
  const begins = steps.map(({ after }) => after);
  const shown = hasEnd ? Math.max(length, 1) : Math.max(LEAST, 1.25 * Math.max(at, ...begins, ...ends));
  const percent = (ms: number): number => (100 * ms) / shown;
  const bars = steps.map((step) => ({
    step,
    left: percent(step.after),
    width: percent((step.until ?? shown) - step.after),
  }));
  return { bars, now: percent(Math.max(0, at)), shown, hasEnd };
}
