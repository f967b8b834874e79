/**
 * Measures each subject once per round, in turn, so that a machine whose speed changes slows all of them alike. One more
 * round comes first, to warm up.
 *
 * @returns the samples of each subject, in the order of the rounds
 */
export async function interleaved<Subject, Sample>(
  rounds: number,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<Sample>,
): Promise<ReadonlyMap<Subject, readonly Sample[]>> {
  const samples = new Map<Subject, Sample[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const subject of subjects) {
      const sample = await measure(subject);
      if (round > 0) samples.get(subject)?.push(sample);
    }
  }
  return samples;
}
