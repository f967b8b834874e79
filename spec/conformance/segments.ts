import type { Step } from '../support/corpus.js';
import type { Random } from './random.js';

/** Pauses in ms; the long ones are fractions of the handshake timeout, and their sum stays below it. */
const NO_PAUSE = 0.55;
const LONGEST_PAUSE = 50;
const MOST_SEGMENTS = 6;
const LONG_PAUSE: Step = { wait: { ht: 0.3 } };
/** Some clients are so slow that the timeout fires in the middle. */
const TOO_LONG_A_PAUSE: Step = { wait: { ht: 1.6 } };

export const send = (octets: Uint8Array): Step => ({ send: { hex: Buffer.from(octets).toString('hex') } });

/**
 * Splits the octets into segments, with pauses between them.
 *
 * @param decided where most cuts end. @defaultValue around the protocol header
 */
export function segments(random: Random, octets: Uint8Array, decided = 10): Step[] {
  const cuts = new Set<number>();
  if (octets.length > 1 && random.chance(0.6)) {
    // Most segments end where the decision is made.
    const last = random.chance(0.8) ? Math.min(octets.length - 1, decided) : octets.length - 1;
    for (let count = random.between(1, MOST_SEGMENTS - 1); count > 0; count--) cuts.add(random.between(1, last));
  }
  const ends = [...cuts].sort((a, b) => a - b).concat(octets.length);
  const steps: Step[] = [];
  const special = random.fraction();
  const specialAt = random.between(0, ends.length - 1);
  ends.forEach((end, at) => {
    const octetsOfIt = octets.subarray(ends[at - 1] ?? 0, end);
    if (octetsOfIt.length > 0) steps.push(send(octetsOfIt));
    if (at === specialAt && special < 0.08) steps.push(special < 0.02 ? TOO_LONG_A_PAUSE : LONG_PAUSE);
    else if (!random.chance(NO_PAUSE)) steps.push({ wait: random.between(1, LONGEST_PAUSE) });
  });
  return steps;
}

/** How a script ends, with the share of each in percent. Timeouts are slow, so most scripts do not wait for one. */
export function ending(random: Random): Step[] {
  const at = random.fraction();
  if (at < 0.4) return ['fin'];
  if (at < 0.65) return ['rst'];
  if (at < 0.68) return ['fin', { wait: random.between(0, LONGEST_PAUSE) }, 'rst'];
  return [];
}
