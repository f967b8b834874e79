import { type FSWatcher, watchFile as pollFile, unwatchFile, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Time without further changes before a change is reported, in ms. Editors and ConfigMaps change a file in several steps. */
const SETTLE = 100;

/** Between two looks at a file whose folder cannot be watched, in ms. */
const POLL = 5_000;

/**
 * Calls `changed` after a file may have changed. Watches the folder rather than the file, because files are often
 * replaced: by editors, and by Kubernetes, which swaps a symbolic link next to the file.
 *
 * If the folder cannot be watched, the file is looked at every 5 s. Linux limits the watchers of a user to 128 by default
 * (`fs.inotify.max_user_instances`), and all containers on a node that run as the same user share them.
 *
 * @returns a function that stops watching
 */
export function watchFile(
  path: string,
  changed: () => void,
  { watchFolder = watch, interval = POLL }: { readonly watchFolder?: typeof watch; readonly interval?: number } = {},
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watcher: FSWatcher | undefined;
  const settle = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE);
  };
  const poll = (): void => {
    watcher?.close();
    pollFile(path, { persistent: false, interval }, settle);
  };
  try {
    watcher = watchFolder(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path) || name.startsWith('..')) settle();
    });
    watcher.on('error', poll);
  } catch {
    poll();
  }
  return () => {
    clearTimeout(timer);
    watcher?.close();
    unwatchFile(path, settle);
  };
}
