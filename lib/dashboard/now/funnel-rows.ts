import type { FunnelStep } from '../../control/overview.js';

/** A step of the handshake as it is shown. Shares are from 0 to 1. */
export type FunnelRow = FunnelStep & {
  /** The share of all accepted connections that reached it. */
  readonly share: number;
  /** The share of those in the step before that did not reach it; null: there is no step before, or nobody was there. */
  readonly lost: number | null;
};

/** Adds to each step of the handshake how many connections it has lost. */
export function funnelRows(steps: readonly FunnelStep[]): readonly FunnelRow[] {
  const all = steps[0]?.count ?? 0;
  return steps.map((step, nth) => {
    const before = steps[nth - 1]?.count ?? 0;
    return {
      ...step,
      share: all === 0 ? 0 : step.count / all,
      lost: before === 0 ? null : Math.max(0, 1 - step.count / before),
    };
  });
}

/** `12 %`; one that is not 0 is never shown as 0. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  return share < 1 && share > 0.99 ? '99 %' : `${Math.round(share * 100)} %`;
}
