import type { FaultView } from '../../control/routes/faults.js';

/** Whether a fault can act now, and if not, why. */
export type FaultState = 'on' | 'off' | 'spent' | 'waiting' | 'over';

/** @param now the time of the server, in ms since 1970 */
export function faultStateOf(
  { enabled, times, hits, when, addedAt }: Pick<FaultView, 'enabled' | 'times' | 'hits' | 'when' | 'addedAt'>,
  now: number,
): FaultState {
  if (!enabled) return 'off';
  if (times !== null && hits >= times) return 'spent';
  const age = now - Date.parse(addedAt);
  const { after, until } = when as { readonly after?: number; readonly until?: number };
  if (until !== undefined && age >= until) return 'over';
  return after !== undefined && age < after ? 'waiting' : 'on';
}

/** What the states mean that a switch does not show. */
export const MEANINGS: Readonly<Record<FaultState, string>> = {
  on: '',
  off: '',
  spent: 'It has acted as often as its times allow.',
  waiting: 'The time of its condition after has not come.',
  over: 'The time of its condition until has passed.',
};
