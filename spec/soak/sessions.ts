import type { ClientLibrary, Link } from './clients/client.js';
import { anyOf, pause, type SoakRun } from './soak-run.js';
import { countIn } from './tally.js';

/** Messages that a publisher has in flight. */
const WINDOW = 8;
/** Publishers wait while more messages than this are on their way to the consumers. */
const MOST_ON_THE_WAY = 1000;
/** How long a connection is used, in ms. */
const [SHORTEST, LONGEST] = [1000, 8000] as const;
/** How long an orderly close, or what was begun before it, may take in addition, in ms. */
const PATIENCE = 8000;
/** Pause before the next connection after an error, in ms. */
const RETRY = 150;
/** Pause between two messages of the same lane, in ms. */
const PACE = 10;

/** Opens connections through the proxies one after the other and publishes on each, until the run is over. */
export function publish(run: SoakRun, library: ClientLibrary, publisher: number, queue: string): Promise<void> {
  const { ledger, over } = run;
  return again(run, library, over, async (link, end) => {
    await link.toPublish(queue);
    const lane = async (): Promise<void> => {
      while (performance.now() < end && !over.aborted) {
        const { confirmed, consumed } = ledger.counts;
        if (confirmed - consumed < MOST_ON_THE_WAY) {
          const message = ledger.next(publisher);
          await link.publish(message);
          ledger.confirm(message);
          countIn(run.tally.confirmed, library.name);
        }
        await pause(PACE, over);
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: WINDOW }, lane));
    const failed = lanes.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
}

/** Opens connections one after the other and consumes on each. @param stop ends it */
export function consume(run: SoakRun, library: ClientLibrary, queue: string, stop: AbortSignal): Promise<void> {
  return again(run, library, stop, async (link, end) => {
    await link.consume(queue, (id, body) => {
      run.ledger.receive(id, body);
      countIn(run.tally.received, library.name);
    });
    await Promise.race([link.ended, pause(end - performance.now(), stop)]);
  });
}

/** Keeps idle connections with a heartbeat of 1 s open. */
export function idle(run: SoakRun, library: ClientLibrary): Promise<void> {
  const use = (link: Link, end: number) => Promise.race([link.ended, pause(end - performance.now(), run.over)]);
  return again(run, library, run.over, use, 1);
}

/** Opens and closes connections, so that there is always a handshake for a fault. */
export async function visit(run: SoakRun, library: ClientLibrary): Promise<void> {
  while (!run.over.aborted) {
    await session(run, library, 3000, run.over, () => Promise.resolve());
    await pause(run.random.between(50, 300), run.over);
  }
}

type Use = (link: Link, end: number) => Promise<void>;

async function again(
  run: SoakRun,
  library: ClientLibrary,
  stop: AbortSignal,
  use: Use,
  heartbeat?: number,
): Promise<void> {
  while (!stop.aborted) await session(run, library, run.random.between(SHORTEST, LONGEST), stop, use, heartbeat);
}

/**
 * Opens a connection through any proxy, uses it, and closes it. Destroys it if that takes too long. An error is counted,
 * and followed by a pause.
 *
 * @param length in ms
 */
async function session(
  run: SoakRun,
  library: ClientLibrary,
  length: number,
  stop: AbortSignal,
  use: Use,
  heartbeat?: number,
): Promise<void> {
  const { tally, random, proxies } = run;
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(), length + PATIENCE);
  const inFull = async (): Promise<void> => {
    const link = await library.open(anyOf(random, proxies), tooLong.signal, heartbeat);
    tally.sessions += 1;
    await use(link, performance.now() + length);
    await link.close();
  };
  try {
    await unlessAborted(inFull(), tooLong.signal);
  } catch {
    tally.failures += 1;
    await pause(RETRY, stop);
  } finally {
    clearTimeout(timer);
    tooLong.abort();
  }
}

/** Rejects when the signal is aborted: after some handshakes that a fault has cut short, a library never settles a call. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
  });
  promise.catch(() => {});
  await Promise.race([promise, aborted]);
}
