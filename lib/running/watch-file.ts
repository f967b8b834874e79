import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Time without further changes before a change is reported, in ms. Editors and ConfigMaps change a file in several steps. */
const SETTLE = 100;

/**
 * Calls `changed` after a file may have changed. Watches the folder rather than the file, because files are often
 * replaced: by editors, and by Kubernetes, which swaps a symbolic link next to the file.
 *
 * @returns a function that stops watching
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
    // The folder cannot be watched. SIGHUP still reloads.
    return () => {};
  }
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
