import type { Random } from '../conformance/random.js';
import type { Api } from './api.js';
import type { Target } from './clients/client.js';
import type { Ledger } from './ledger.js';
import type { Tally } from './tally.js';

/** A proxy of the run: `amqp` is in the mode guard, `side` in the mode observe, and `tls` terminates TLS. */
export interface SoakProxy extends Target {
  readonly name: 'amqp' | 'side' | 'tls';
}

/** What all parts of a run share. */
export interface SoakRun {
  readonly random: Random;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly api: Api;
  /** The proxies that are there all the time. */
  readonly proxies: readonly SoakProxy[];
  /** The length of the run, in ms. */
  readonly length: number;
  /** Aborted when the time is up, or when the run is interrupted. */
  readonly over: AbortSignal;
}

/** Waits, at most until the signal is aborted. @param ms in ms */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** Returns any of the items. */
export function anyOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.between(0, items.length - 1)] as Item;
}
