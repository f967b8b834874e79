import { readFileSync } from 'node:fs';
import type { LoadedConfig } from '../config/load.js';
import { ConfigError, RabbitSnareError } from '../errors.js';
import type { Log } from '../report/log.js';
import { watchFile } from '../running/watch-file.js';
import type { Instance } from './instance.js';

/**
 * Reloads the config on SIGHUP, which also opens the reports file again, and when its file changes. An invalid config, or an empty
 * file, changes nothing, and the log says why.
 *
 * @param file the config file, or null
 * @param started reloads wait until it settles
 * @returns a function that stops reloading
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
      const { config, isEmpty } = load();
      // An editor or a mount may truncate the file for a moment before it writes it.
      if (isEmpty) throw new ConfigError(`${file} is empty`);
      const fixed = await instance.reload(config);
      log.say('info', 'the config was reloaded');
      if (fixed.length > 0) log.say('warning', `changes to ${fixed.join(', ')} take effect at the next start`);
    } catch (error) {
      const problem = error instanceof RabbitSnareError ? error.message : stackOf(error);
      log.say('error', `the config was not reloaded, the running one stays in use: ${problem.replaceAll('\n', '; ')}`);
    }
  };
  // Reloads run one at a time. A failed start is reported by its caller.
  let queue: Promise<void> = started.then(
    () => {},
    () => {},
  );
  const enqueue = (): void => {
    queue = queue.then(reload);
  };
  // Log rotation moves the reports file away and sends SIGHUP.
  const onHangup = (): void => {
    instance.reopenReports();
    enqueue();
  };
  process.on('SIGHUP', onHangup);
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
    process.removeListener('SIGHUP', onHangup);
    unwatch();
  };
}

/** A bug in rabbit-snare must not end the running proxies. */
const stackOf = (error: unknown): string => (error instanceof Error ? String(error.stack) : String(error));

/** Returns the text of a file, or null when it cannot be read now. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
