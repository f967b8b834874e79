import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';
import type { Target } from './dial.js';
import { type ProbeResult, play } from './play.js';

export interface ProbeOptions extends Target {
  /** Names of the cases to play. @defaultValue all of them */
  readonly only?: readonly string[];
  /** The expected handshake timeout of the server, in ms. @defaultValue 10000, like RabbitMQ */
  readonly expectedTimeout?: number;
  /** Maximum number of cases played at the same time. @defaultValue all of them */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** Called at the start, and each time a case has been played. */
  readonly played?: Played;
}

/** @param count how many cases have been played. @param of how many there are */
export type Played = (count: number, of: number) => void;

const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Plays the cases against a broker or a proxy. Returns the results in the order of PROBE_CASES.
 *
 * @throws ProbeError when the server cannot be reached; the remaining cases are then canceled
 * @throws RangeError when `only` names a case that does not exist, or `concurrency` is below 1
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult[]> {
  const { host, port, only, expectedTimeout = HANDSHAKE_TIMEOUT, concurrency = PROBE_CASES.length, signal } = options;
  const { played = () => {} } = options;
  if (!(concurrency >= 1)) throw new RangeError(`concurrency must be at least 1, not ${concurrency}`);
  const cases = only ? casesNamed(only) : PROBE_CASES;
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const results: ProbeResult[] = [];
  const waiting = cases.entries();
  let count = 0;
  played(count, cases.length);
  const playWaiting = async () => {
    for (const [at, probeCase] of waiting) {
      results[at] = await play(probeCase, { host, port, expectedTimeout, signal: stop });
      count += 1;
      played(count, cases.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, cases.length) }, playWaiting));
  } finally {
    failed.abort();
  }
  return results;
}

function casesNamed(names: readonly string[]): readonly ProbeCase[] {
  const known = new Set(PROBE_CASES.map(({ name }) => name));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined) {
    const hint = didYouMean(missing, known);
    throw new RangeError(`there is no case ${quote(missing)}${hint}; the cases are ${[...known].join(', ')}`);
  }
  return PROBE_CASES.filter(({ name }) => names.includes(name));
}
