import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** The content of the ready file. */
export type Ready = {
  readonly pid: number;
  readonly proxies: readonly { readonly name: string; readonly listen: string; readonly upstream: string }[];
  /** Null when the control API is off. */
  readonly control: string | null;
};

/** Writes the ready file atomically: a reader never sees part of it. */
export function writeReadyFile(path: string, ready: Ready): void {
  const temporary = `${path}.${ready.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(ready)}\n`);
  renameSync(temporary, path);
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
