import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../support/command-error.js';
import type { Case } from './target.js';
import { isTarget, type TargetName } from './targets.js';

/** A problem that was found, with the cases that show it. */
export interface Find {
  readonly target: TargetName;
  readonly seed: number;
  /** The numbers of the cases. */
  readonly first: number;
  readonly count: number;
  readonly problem: string;
  /** The smallest case that still shows it; if no case does alone, all that were played together. */
  readonly cases: readonly Case[];
  /** Whether the problem was seen again. */
  readonly isReproduced: boolean;
}

/** The folder of finds, which git ignores. */
export const FINDS = 'spec/fuzz/finds';
const SHOWN = 600;

/** Writes a find to a file. @returns its path */
export function save(find: Find, folder = FINDS): string {
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify(find, null, 1)}\n`;
  const id = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const path = join(folder, `${find.target}-${find.seed}-${find.first}-${id}.json`);
  writeFileSync(path, text);
  return path;
}

/** @throws CommandError if it is not a file with a find */
export function load(path: string): Find {
  try {
    const find = JSON.parse(readFileSync(path, 'utf8')) as Find;
    if (isTarget(find.target) && Array.isArray(find.cases)) return find;
  } catch (error) {
    throw new CommandError(`--replay: ${path} cannot be read: ${(error as Error).message}`);
  }
  throw new CommandError(`--replay: ${path} is not a find`);
}

/** The find as text, with the commands that play it again. @param path of its file */
export function describe(find: Find, path: string): string {
  const { target, seed, first, count, problem, cases, isReproduced } = find;
  const input = cases.length === 1 ? JSON.stringify(cases[0]) : `${cases.length} cases that were played together`;
  return [
    `find in ${target}, seed ${seed}, ${count === 1 ? `case ${first}` : `cases ${first} to ${first + count - 1}`}${
      isReproduced ? '' : ' (it did not occur again)'
    }`,
    `  ${problem.replaceAll('\n', '\n  ')}`,
    `  input: ${input.length > SHOWN ? `${input.slice(0, SHOWN)}… (all of it is in the file)` : input}`,
    `  replay this input: npm run fuzz -- --replay ${path}`,
    `  replay the original: npm run fuzz -- --seed ${seed} --targets ${target} --first ${first} --cases ${count}`,
  ].join('\n');
}
