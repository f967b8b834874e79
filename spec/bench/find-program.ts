import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The path of an installed program; undefined if there is none. Servers are often in `sbin`, which PATH may lack. */
export function findProgram(name: string): string | undefined {
  const path = process.env['PATH'] ?? '';
  const directories = path === '' ? [] : [...path.split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** Whether a file may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
