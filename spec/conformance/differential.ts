import type { Case } from '../support/corpus.js';
import { type Comparison, compare, type Reasons } from './compare.js';
import { header } from './families/header.js';
import type { Family } from './family.js';
import type { Direct, Proxied } from './sides.js';
import type { Subject } from './subject.js';
import { type Tally, tallyOf } from './tally.js';
import type { VenueOptions } from './venue.js';

export interface DifferentialOptions extends VenueOptions {
  readonly reasons: Reasons;
  /** The family of the scripts. @defaultValue header */
  readonly family?: Family;
}

/** How often a script with a difference is replayed. */
export const REPLAYS = 3;

/** Plays each script directly and through a proxy, and compares the results. */
export async function differential(
  subject: Subject,
  scripts: readonly Case[],
  options: DifferentialOptions,
): Promise<Tally> {
  const { family = header, reasons, close = 'rst' } = options;
  await using venue = await family.open(subject, options);
  const compareAll = async (all: readonly Case[]): Promise<Comparison[]> => {
    if (all.length === 0) return [];
    const results = await venue.play(all);
    return all.map((script, at) => {
      const [direct, proxied] = results[at] as readonly [Direct, Proxied];
      return compare(script, direct, proxied, { reasons, close, races: family.races, ignored: family.ignored(script) });
    });
  };
  const first = await compareAll(scripts);
  const differing = scripts.filter((_, at) => (first[at] as Comparison).differences.length > 0);
  const replays = await compareAll(differing.flatMap((script) => Array<Case>(REPLAYS).fill(script)));
  return tallyOf(scripts, first, (script) => {
    const from = differing.indexOf(script) * REPLAYS;
    return replays.slice(from, from + REPLAYS);
  });
}
