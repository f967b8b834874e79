import { readFileSync } from 'node:fs';
import type { LoadedConfig } from '../config/load.js';
import { RabbitSnareError } from '../errors.js';
import type { Log } from '../report/log.js';
import { watchFile } from '../running/watch-file.js';
import type { Instance } from './instance.js';

/**
 * Reloads on SIGHUP and when the config file has changed. A config that is refused changes nothing, and the log says why.
 *
 * @param file the config file; null without one
 * @param started what a reload waits for
 * @returns what ends it
 */
export function reloadOnChange(
  load: () => LoadedConfig,
  file: string | null,
  instance: Instance,
  log: Log,
  started: Promise<unknown>,
): () => void {
  let text = file === null ? null : textOf(file);
  const reload = async (): Promise<void> => {
    try {
      const { config } = load();
      const fixed = await instance.reload(config);
      log.say('info', 'the config was reloaded');
      if (fixed.length > 0) log.say('warning', `changes of ${fixed.join(', ')} take effect at the next start`);
    } catch (error) {
      if (!(error instanceof RabbitSnareError)) throw error;
      log.say(
        'error',
        `the config was not reloaded, and the running one stays: ${error.message.replaceAll('\n', '; ')}`,
      );
    }
  };
  // One after the other: a second change waits for the first.
  // A start that failed is told elsewhere.
  let queue: Promise<void> = started.then(
    () => {},
    () => {},
  );
  const enqueue = (): void => {
    queue = queue.then(reload);
  };
  process.on('SIGHUP', enqueue);
  const unwatch =
    file === null
      ? () => {}
      : watchFile(file, () => {
          const now = textOf(file);
          if (now === text) return;
          text = now;
          enqueue();
        });
  return () => {
    process.removeListener('SIGHUP', enqueue);
    unwatch();
  };
}

/** The text of a file, or null when it cannot be read now. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
