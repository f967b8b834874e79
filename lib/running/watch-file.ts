import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors and ConfigMaps change a file in several steps; this is how long it must be left alone, in ms. */
const SETTLE = 100;

/**
 * Calls `changed` after a file may have changed. Its folder is watched and not the file, because a file is often
 * replaced: by editors, and by Kubernetes, which swaps a symbolic link beside it.
 *
 * @returns what ends the watching
 */
export function watchFile(path: string, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watcher: FSWatcher;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name !== null && name !== basename(path) && !name.startsWith('..')) return;
      clearTimeout(timer);
      timer = setTimeout(changed, SETTLE);
    });
  } catch {
    // A folder that cannot be watched: SIGHUP reloads all the same.
    return () => {};
  }
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
