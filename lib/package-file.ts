import { existsSync } from 'node:fs';

/** The folder of the package: the first one above this file that has a package.json. */
function packageFolder(): URL {
  let folder = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const above = new URL('../', folder);
    if (above.href === folder.href)
      throw new Error(`package.json is missing: no folder above ${import.meta.url} has one`);
    folder = above;
  }
  return folder;
}

const folder = packageFolder();

/**
 * Returns the URL of a file of the package. Code is in a file of its own in `dist/lib`, and in a file with other code in
 * `dist/program`, so paths relative to the code would differ.
 *
 * @param path relative to the folder of the package
 */
export function packageFile(path: string): URL {
  return new URL(path, folder);
}
