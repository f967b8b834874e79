import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `look` again and again until it answers something other than undefined or false.
 *
 * @param timeout in milliseconds, for all attempts together
 * @returns what it answered; undefined when the time ran out
 */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeout: number,
): Promise<T | undefined> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() >= deadline) return undefined;
    await sleep(20);
  }
}
