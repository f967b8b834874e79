import { setTimeout as sleep } from 'node:timers/promises';
import { RabbitSnareError } from '../errors.js';
import { absentClients } from './clients.js';
import type { OpenConnection } from './report.js';

/** How often the open connections are read, in ms. */
const EVERY = 100;

/** Connections that are open must stay so for this time to count, in ms: those that are just being closed are still open. */
export const STEADY = 500;

/** How long clients that have lost their connection may take to be back, in ms. */
export type RecoveryOptions = { readonly timeout?: number };

/** Default for `timeout`, in ms. */
export const RECOVERY_TIME = 10_000;

/**
 * Waits until the clients of `before` have as many open connections as then, all at the same time and for `STEADY` ms. A client is
 * known by its IP address, user, virtual host and product.
 *
 * @param before connections that were open; those whose handshake was not complete are ignored
 * @param read returns the connections that are open now
 * @returns how long it took until they were back, in ms
 * @throws RabbitSnareError ERR_NOT_RECOVERED, with one line for each client that is not back
 */
export async function untilRecovered(
  before: readonly OpenConnection[],
  read: () => readonly OpenConnection[] | Promise<readonly OpenConnection[]>,
  { timeout = RECOVERY_TIME }: RecoveryOptions = {},
): Promise<number> {
  const began = performance.now();
  let backAt: number | null = null;
  for (;;) {
    const absent = absentClients(before, await read());
    const waited = performance.now() - began;
    if (absent.length > 0) {
      if (waited >= timeout) throw notRecovered(absent, timeout);
      backAt = null;
    } else {
      backAt ??= waited;
      if (waited - backAt >= STEADY) return Math.round(backAt);
    }
    await sleep(EVERY);
  }
}

function notRecovered(absent: ReturnType<typeof absentClients>, timeout: number): RabbitSnareError {
  const lines = absent.map(({ name, missing }) => {
    const connections = missing === 1 ? '' : `: ${missing} of its connections are missing`;
    return `${name} was not back within ${timeout} ms${connections}`;
  });
  return new RabbitSnareError('ERR_NOT_RECOVERED', lines.join('\n'));
}
