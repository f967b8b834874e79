import type { Case } from '../support/corpus.js';
import type { Comparison } from './compare.js';

/** A script for which broker and proxy differed. */
export interface Finding {
  readonly script: Case;
  /** The differences of each run: the first, then the replays. Empty for a run without differences. */
  readonly differences: readonly (readonly string[])[];
  /** For each run, whether the machine was too busy for a comparison. */
  readonly stalled: readonly boolean[];
}

/** The results of all scripts. */
export interface Tally {
  readonly scripts: number;
  /** How many scripts were compared, for each aspect. */
  readonly compared: ReadonlyMap<string, number>;
  /** How many scripts had a difference that a race explains. */
  readonly permitted: number;
  /** The same for each race: several can explain one script. */
  readonly races: ReadonlyMap<string, number>;
  /** Scripts that differed again in a replay. */
  readonly differences: readonly Finding[];
  /** Scripts that differed in no replay, or only while the machine was stalled. */
  readonly flaky: readonly Finding[];
}

/**
 * Counts the differences that occurred again, and flaky ones unless one side was late. A broker or proxy whose timer is late
 * can see what the client sends next, and then ends for another reason without being late itself: each late script
 * excuses one such script that was played with it.
 */
export function countDifferences({ differences, flaky }: Tally): number {
  const isLate = ({ differences: [first = []], stalled: [wasStalled] }: Finding) =>
    wasStalled || first.some((line) => /^(server )?time: /.test(line));
  const late = flaky.filter(isLate).length;
  return differences.length + Math.max(0, flaky.length - 2 * late);
}

/** Summarizes the comparisons; `replaysOf` returns the replays of a script that differed. */
export function tallyOf(
  scripts: readonly Case[],
  comparisons: readonly Comparison[],
  replaysOf: (script: Case) => readonly Comparison[],
): Tally {
  const findings = scripts.flatMap((script, at): Finding[] => {
    const first = comparisons[at] as Comparison;
    if (first.differences.length === 0) return [];
    const runs = [first, ...replaysOf(script)];
    return [
      { script, differences: runs.map(({ differences }) => differences), stalled: runs.map(({ stalled }) => stalled) },
    ];
  });
  const isFlaky = ({ differences, stalled }: Finding) =>
    differences.slice(1).every((again, at) => again.length === 0 || stalled[at + 1]);
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
