import { readdirSync } from 'node:fs';

/** All pages of the repository: those at its root, and those in docs, config and .github. */
export function pages(): readonly string[] {
  const inFolder = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
  return [...readdirSync('.'), ...['docs', 'config', '.github'].flatMap(inFolder)]
    .filter((name) => name.endsWith('.md'))
    .sort();
}
