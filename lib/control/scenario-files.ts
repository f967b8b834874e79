import { readdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../package-file.js';
import type { ScenarioFile } from './scenario-view.js';

const FOLDER = packageFile('config/scenarios/');
const ENDING = '.yaml';

/** Returns the scenarios of a folder in the order of their names; none if the folder does not exist. @defaultValue the package's */
export async function scenarioFiles(folder: URL = FOLDER): Promise<ScenarioFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return await Promise.all(
    names
      .filter((name) => name.endsWith(ENDING))
      .sort()
      .map(async (name) => {
        const text = await readFile(new URL(name, folder), 'utf8');
        return { name: name.slice(0, -ENDING.length), description: commentOf(text), text };
      }),
  );
}

/** Returns the names of the scenarios that come with the package, in order; none if its folder is missing. */
export function builtInScenarios(): readonly string[] {
  try {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith(ENDING));
    return names.map((name) => name.slice(0, -ENDING.length)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

/** Returns the path of a scenario that comes with the package. */
export const scenarioPath = (name: string): string => fileURLToPath(new URL(`${name}${ENDING}`, FOLDER));

/** Returns the bug that a scenario finds: the first sentence of its description, without `Finds:`. */
export function bugOf({ description }: Pick<ScenarioFile, 'description'>): string {
  const [sentence] = /^.*?(?=\.(?: |$))/.exec(description) ?? [description];
  return sentence.replace(/^Finds: /, '');
}

/** The comment at the beginning of a YAML file, as one paragraph. */
function commentOf(text: string): string {
  const [comment] = /^(#.*\n)*/.exec(text) ?? [''];
  return comment.replaceAll(/^#+ ?/gm, '').trim().replaceAll(/\s+/g, ' ');
}
