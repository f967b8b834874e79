import type { Report } from '../../report/report.js';

type TimingKey = keyof Report['timing'];

/** The steps in the order in which they usually come. */
export const STEP_TITLES: { readonly [Key in TimingKey]: string } = {
  headerMs: 'Protocol header',
  upstreamConnectMs: 'Upstream connected',
  startMs: 'Start',
  tuneMs: 'Tune',
  tuneOkMs: 'Tune-Ok',
  openMs: 'Open-Ok',
};

/** A step that was reached. Times are in ms. */
export type Step = {
  readonly key: TimingKey | 'end';
  readonly title: string;
  /** From accept. */
  readonly at: number;
  /** From the step before. */
  readonly took: number;
};

/** The steps that a connection reached, in the order in which it reached them. The last one is its end. */
export function stepsOf({ timing, durationMs }: Pick<Report, 'timing' | 'durationMs'>): readonly Step[] {
  const reached = (Object.keys(STEP_TITLES) as TimingKey[])
    .map((key) => ({ key, title: STEP_TITLES[key], at: timing[key] }))
    .filter((step): step is typeof step & { at: number } => step.at !== null)
    .sort((one, other) => one.at - other.at);
  const all = [...reached, { key: 'end', title: 'End', at: durationMs } as const];
  return all.map((step, nth) => ({ ...step, took: Math.max(0, step.at - (all[nth - 1]?.at ?? 0)) }));
}

/** The steps that a connection did not reach. */
export const missingSteps = (timing: Report['timing']): readonly string[] =>
  (Object.keys(STEP_TITLES) as TimingKey[]).filter((key) => timing[key] === null).map((key) => STEP_TITLES[key]);

/** The smallest share of the bar that a step is given. */
const LEAST = 0.05;

/** How wide each step is in the bar, as a share of it. `isToScale`: no step was made wider so that it can be seen. */
export function barShares(steps: readonly Step[]): { readonly shares: readonly number[]; readonly isToScale: boolean } {
  const total = steps.reduce((sum, { took }) => sum + took, 0);
  if (total === 0) return { shares: steps.map(() => 1 / steps.length), isToScale: steps.length < 2 };
  const raw = steps.map(({ took }) => took / total);
  const excess = raw.reduce((sum, share) => sum + Math.max(0, share - LEAST), 0);
  const left = 1 - LEAST * steps.length;
  const shares = raw.map((share) => LEAST + (Math.max(0, share - LEAST) / excess) * left);
  return raw.every((share) => share >= LEAST) ? { shares: raw, isToScale: true } : { shares, isToScale: false };
}
