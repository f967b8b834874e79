import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `look` repeatedly until it returns something other than undefined or false.
 *
 * @param timeout in ms, for all attempts together
 * @returns that value; undefined on timeout
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
