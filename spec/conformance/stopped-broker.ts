import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../support/corpus.js';
import type { Listening } from '../support/server.js';
import type { Pair, PlayClients } from './broker-venue.js';
import { playFromPort } from './play-from-port.js';
import type { Subject } from './subject.js';

/** How many scripts are played at each stop: a broker's logger drops entries when all of them end at once. */
const BATCH = 30;
/** Between the starts of two scripts, in ms. */
const PACE = 5;
/** Time for the broker to have answered everything, in ms. */
const SETTLED = 100;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Exit code of a program that a signal ended. */
const INTERRUPTED = 130;
/** How much longer than the handshake timeout the broker is stopped, in ms. */
const LONGER = 600;

/**
 * Plays scripts in batches: when all clients of a batch have reached their step `stop`, the broker's process is stopped
 * until the handshake timeout has passed.
 *
 * @param pid of the broker's Erlang node; it always continues in the end
 */
export const stopping =
  (subject: Subject, pid: number): PlayClients =>
  async (scripts, proxy) => {
    const played: Pair[] = [];
    for (let from = 0; from < scripts.length; from += BATCH) {
      played.push(...(await playBatch(subject, pid, scripts.slice(from, from + BATCH), proxy)));
    }
    return played;
  };

async function playBatch(
  subject: Subject,
  pid: number,
  scripts: readonly Case[],
  proxy: Listening,
): Promise<readonly Pair[]> {
  const { handshakeTimeout } = subject;
  let expected = scripts.length * 2;
  let [allReady, stop] = [() => {}, () => {}];
  const ready = new Promise<void>((resolve) => {
    allReady = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const arrive = () => {
    expected -= 1;
    if (expected === 0) allReady();
  };
  const playOne = async (script: Case, target: Listening) => {
    let hasArrived = false;
    const arriveOnce = () => {
      if (!hasArrived) arrive();
      hasArrived = true;
    };
    try {
      return await playFromPort(script, target, handshakeTimeout, () => {
        arriveOnce();
        return stopped;
      });
    } finally {
      arriveOnce();
    }
  };
  const clients = scripts.map(async (script, at): Promise<Pair> => {
    await sleep(at * PACE);
    return Promise.all([playOne(script, subject), playOne(script, proxy)]);
  });
  const goOn = () => process.kill(pid, 'SIGCONT');
  const end = () => process.exit(INTERRUPTED);
  // Ctrl-C must not leave the broker stopped.
  for (const signal of SIGNALS) process.once(signal, end);
  process.once('exit', goOn);
  try {
    await ready;
    await sleep(SETTLED);
    process.kill(pid, 'SIGSTOP');
    stop();
    await sleep(handshakeTimeout + LONGER);
  } finally {
    goOn();
    process.off('exit', goOn);
    for (const signal of SIGNALS) process.off(signal, end);
  }
  return Promise.all(clients);
}
