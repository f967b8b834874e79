import { measured } from './progress.js';

/** The first round lasts as long as this many others. */
const WARM_UP = 2;

/**
 * Measures each subject once per round, in turn, so that a machine whose speed changes slows all of them alike. One more
 * round comes first and does not count: V8 compiles what runs often.
 *
 * @param measure is also given how many times as long it should last: the first round is longer
 * @returns the samples of each subject, in the order of the rounds
 */
export async function interleaved<Subject, Sample>(
  rounds: number,
  subjects: readonly Subject[],
  measure: (subject: Subject, times: number) => Promise<Sample>,
): Promise<ReadonlyMap<Subject, readonly Sample[]>> {
  const samples = new Map<Subject, Sample[]>(subjects.map((subject) => [subject, []]));
  let count = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const subject of subjects) {
      const sample = await measure(subject, round === 0 ? WARM_UP : 1);
      if (round > 0) samples.get(subject)?.push(sample);
      count += 1;
      measured(count, (rounds + 1) * subjects.length);
    }
  }
  return samples;
}
