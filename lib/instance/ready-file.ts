import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { StartError } from '../running/start-error.js';

/** The content of the ready file. */
export type Ready = {
  readonly pid: number;
  readonly proxies: readonly { readonly name: string; readonly listen: string; readonly upstream: string }[];
  /** Null when the control API is off. */
  readonly control: string | null;
};

/**
 * Writes the ready file atomically: a reader never sees part of it.
 *
 * @param path null: no file is written
 * @throws StartError when it cannot be written
 */
export function writeReadyFile(path: string | null, ready: Ready): void {
  if (path === null) return;
  try {
    replace(path, ready);
  } catch (error) {
    throw new StartError(`the ready file ${path} cannot be written`, error);
  }
}

function replace(path: string, ready: Ready): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  // Fails where the name exists: in a shared folder it could be a link to another file.
  writeFileSync(temporary, `${JSON.stringify(ready)}\n`, { flag: 'wx' });
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
