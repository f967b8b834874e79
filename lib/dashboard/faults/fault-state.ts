import type { FaultView } from '../../control/routes/faults.js';

/** What the states of a fault mean that a switch does not show. */
export const MEANINGS: Readonly<Record<FaultView['state'], string>> = {
  active: '',
  off: '',
  spent: 'It has acted as often as its times allow.',
  waiting: 'The time of its condition after has not come.',
  pausing: 'It is between two windows of its every and for.',
  over: 'The time of its condition until has passed.',
};
