import type { Case } from '../support/corpus.js';
import { BY_SHARE, beginning, type Kind } from './kind.js';
import { Random } from './random.js';
import { ending, segments } from './segments.js';

/**
 * A script: what a client sends, in which segments and with which pauses, and how it ends. It depends only on its seed
 * and number.
 */
export function scriptOf(seed: number, number: number): Case {
  const random = new Random(seed, number);
  const [kind, , octetsOfIt] = random.pick(BY_SHARE as [Kind, ...Kind[]]);
  const octets = octetsOfIt(random);
  // A client can stop at any place.
  const sent = random.chance(0.12) ? beginning(random, octets) : octets;
  return {
    name: `script ${number} of seed ${seed}: ${kind}`,
    group: 'generated',
    steps: [...segments(random, sent), ...ending(random)],
    watch: { ht: 1 },
  };
}
