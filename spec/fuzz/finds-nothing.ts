import type { ExecutionContext } from 'ava';
import { describe, save } from './find.js';
import { fuzzAll } from './fuzz-all.js';
import { resultTable } from './result-table.js';
import { TARGETS, type TargetName } from './targets.js';

/**
 * Random input for all targets. A busy machine plays fewer cases in the time.
 *
 * @param seconds for all targets together
 */
export async function findsNothing(t: ExecutionContext, seed: number, seconds: number): Promise<void> {
  t.timeout(600_000);
  t.log(`seed ${seed}`);
  const found: string[] = [];
  const targets = Object.keys(TARGETS) as TargetName[];
  const results = await fuzzAll(
    { seed, time: seconds * 1_000, targets, first: 0, cases: null },
    { found: (find) => found.push(describe(find, save(find))) },
  );
  t.log(resultTable(results));
  for (const { name, cases } of results) t.true(cases > 0, name);
  t.deepEqual(found, [], found.join('\n'));
}
