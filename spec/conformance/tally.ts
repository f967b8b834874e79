import type { Case } from '../support/corpus.js';
import type { Comparison } from './compare.js';

/** A script for which broker and proxy were not alike. */
export interface Finding {
  readonly script: Case;
  /** One for each time it was played: the first, then the replays. Empty where that time nothing differed. */
  readonly differences: readonly (readonly string[])[];
}

/** What all scripts showed. */
export interface Tally {
  readonly scripts: number;
  /** How many scripts had their octets, end and time compared, and so on for each aspect. */
  readonly compared: ReadonlyMap<string, number>;
  /** How many scripts had something differ that a race explains. */
  readonly permitted: number;
  /** The same, by the name of the race: more than one can explain a script. */
  readonly races: ReadonlyMap<string, number>;
  /** Differed again when they were played again. */
  readonly differences: readonly Finding[];
  /** Differed once, and in none of the replays. Whose time differed then met a busy machine. */
  readonly flaky: readonly Finding[];
}

/** How many differences there are: those that came again, and those that did not and are not only about time. */
export function countDifferences({ differences, flaky }: Tally): number {
  const isLate = ({ differences: [first = []] }: Finding) => first.every((line) => line.startsWith('time: '));
  return differences.length + flaky.filter((finding) => !isLate(finding)).length;
}

/** Sums up what the scripts showed; `replaysOf` gives what one that differed showed when it was played again. */
export function tallyOf(
  scripts: readonly Case[],
  comparisons: readonly Comparison[],
  replaysOf: (script: Case) => readonly Comparison[],
): Tally {
  const findings = scripts.flatMap((script, at): Finding[] => {
    const { differences } = comparisons[at] as Comparison;
    if (differences.length === 0) return [];
    return [{ script, differences: [differences, ...replaysOf(script).map((again) => again.differences)] }];
  });
  const isFlaky = ({ differences }: Finding) => differences.slice(1).every((again) => again.length === 0);
  return {
    scripts: scripts.length,
    compared: count(comparisons.flatMap(({ compared }) => compared)),
    permitted: comparisons.filter(({ races }) => races.length > 0).length,
    races: count(comparisons.flatMap(({ races }) => races)),
    differences: findings.filter((finding) => !isFlaky(finding)),
    flaky: findings.filter(isFlaky),
  };
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
