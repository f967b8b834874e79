import type { Arguments } from './arguments.js';
import type { Find } from './find.js';
import { type Fuzzed, fuzz } from './fuzz.js';
import { TARGETS, type TargetName } from './targets.js';

type Given = Pick<Arguments, 'seed' | 'time' | 'targets' | 'first' | 'cases'>;
type Callbacks = {
  readonly found?: (find: Find) => void;
  readonly progress?: (name: TargetName, cases: number, finds: number) => void;
};

/** Fuzzes one target after the other; each has its share of the time. */
export async function fuzzAll(
  { seed, time, targets, first, cases }: Given,
  { found = () => {}, progress = () => {} }: Callbacks = {},
): Promise<readonly Fuzzed[]> {
  const shares = targets.reduce((sum, name) => sum + TARGETS[name].share, 0);
  const results: Fuzzed[] = [];
  for (const name of targets) {
    const target = TARGETS[name];
    const share = (time * target.share) / shares;
    const report = (played: number, finds: number) => progress(name, played, finds);
    results.push(await fuzz({ name, target, seed, first, cases, time: share, found, progress: report }));
  }
  return results;
}
