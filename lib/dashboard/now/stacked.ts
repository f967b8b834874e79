import type { Timeline } from '../../control/overview.js';
import { colorOf, type ReasonColor } from './reason-colors.js';

/** Connections that ended with one reason. */
export type Layer = ReasonColor & {
  readonly reason: string;
  readonly counts: readonly number[];
  readonly total: number;
};

/** A timeline as it is drawn: bars of equal length, and the layers of the stack, from the bottom. */
export type Stacked = {
  readonly barMs: number;
  /** When each bar begins, in ms since 1970. */
  readonly times: readonly number[];
  readonly layers: readonly Layer[];
};

/**
 * Prepares a timeline for drawing. A bar begins at a multiple of its length, so that it keeps its slots while time goes on.
 *
 * @param barMs length of a bar, in ms: a multiple of the length of a slot
 */
export function stacked({ slotMs, from, accepted, reasons }: Timeline, barMs: number): Stacked {
  const first = Math.floor(from / barMs);
  const barOf = (slot: number): number => Math.floor((from + slot * slotMs) / barMs) - first;
  const length = accepted.length === 0 ? 0 : barOf(accepted.length - 1) + 1;
  const layers = Object.entries(reasons)
    .map(([reason, slots]) => {
      const counts = new Array<number>(length).fill(0);
      for (const [slot, count] of slots.entries()) counts[barOf(slot)] = (counts[barOf(slot)] ?? 0) + count;
      return { ...colorOf(reason), reason, counts, total: sum(counts) };
    })
    .filter(({ total }) => total > 0)
    .sort((one, other) => one.place - other.place);
  return { barMs, times: Array.from({ length }, (_, nth) => (first + nth) * barMs), layers };
}

/** Returns the upper edges of the layers, from the bottom. */
export function edges({ layers, times }: Stacked): number[][] {
  const upper = new Array<number>(times.length).fill(0);
  return layers.map(({ counts }) => {
    for (const [nth, count] of counts.entries()) upper[nth] = (upper[nth] ?? 0) + count;
    return [...upper];
  });
}

/** Returns the sum of the last numbers. @param last how many; all by default */
export const sum = (numbers: readonly number[], last = numbers.length): number =>
  numbers.slice(numbers.length - last).reduce((total, each) => total + each, 0);
