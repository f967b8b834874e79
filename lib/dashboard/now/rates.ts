import type { Overview, Totals } from '../../control/overview.js';

/** Connections per second, by each kind of total. */
export type Rates = { readonly [Kind in keyof Totals]: number };

/** Returns the rates between two overviews; null if there is no time between them or they are of different runs. */
export function ratesBetween(before: Overview | null, now: Overview): Rates | null {
  if (before === null || before.startedAt !== now.startedAt) return null;
  const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
  if (!(seconds > 0)) return null;
  const kinds = Object.keys(now.totals) as (keyof Totals)[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, Math.max(0, now.totals[kind] - before.totals[kind]) / seconds]),
  ) as Rates;
}

/** `0`, `0.4`, `12.5`, `1,204` */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.05) return '<0.1';
  return perSecond < 99.95 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString();
}
