import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../amqp/header.js';
import { isAnswered } from './answer.js';
import type { ProbeCase } from './cases.js';
import { type Dialled, dial, type Target } from './dial.js';

/** The outcome of a case, as observed by the client. */
export interface ProbeResult {
  readonly case: string;
  /** The octets that were actually sent, as hex. */
  readonly sent: string;
  /** The octets that were received, at most 64 KiB, as hex. */
  readonly received: string;
  /** How the server ended the connection; `open` if it did not while it was watched. */
  readonly end: 'fin' | 'rst' | 'open';
  /** The time from connecting to that end, or how long it was watched; in ms, rounded to a tenth. */
  readonly ms: number;
}

export interface PlayOptions extends Target {
  /** The expected handshake timeout of the server, in ms. */
  readonly expectedTimeout: number;
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends Target {
  /** How long the connection is watched after the last step, in ms. */
  readonly atMost: number;
  /** How long the connection is watched after the client was accepted, in ms. */
  readonly afterAnswer: number;
  readonly signal?: AbortSignal;
}

/** How long a connection is watched, as a multiple of the expected timeout. */
const PATIENCE = 1.25;

/** How long the connection of an accepted client is watched, in ms: enough to see a close right after the answer. */
export const AFTER_ANSWER = 100;

/**
 * Plays one case on its own connection.
 *
 * @throws ProbeError when the server cannot be reached, or the network fails; the signal's reason when it is aborted
 */
export function play(probeCase: ProbeCase, { expectedTimeout, ...options }: PlayOptions): Promise<ProbeResult> {
  return watch(probeCase, { ...options, atMost: expectedTimeout * PATIENCE, afterAnswer: AFTER_ANSWER });
}

/**
 * Like `play`, but watches the connection for the given time.
 *
 * @throws the same errors as `play`
 */
export async function watch(probeCase: ProbeCase, options: WatchOptions): Promise<ProbeResult> {
  const { host, port, atMost, afterAnswer, signal } = options;
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  let dialled: Dialled | undefined;
  try {
    let answered = () => {};
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    dialled = await dial({ host, port }, stop, (received) => {
      if (isAnswered(received)) answered();
    });
    const sent = await act(probeCase, dialled, stop);
    const ending = await Promise.race([
      dialled.ended,
      pause(atMost, stop),
      answer.then(() => pause(afterAnswer, stop)),
    ]);
    return {
      case: probeCase.name,
      sent: toHex(sent),
      received: toHex(dialled.received()),
      end: ending?.end ?? 'open',
      ms: Number((ending?.ms ?? dialled.elapsed()).toFixed(1)),
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    dialled?.close();
  }
}

/** Performs the steps of a case until the server ends the connection. Returns the octets that were sent. */
async function act({ steps }: ProbeCase, dialled: Dialled, signal: AbortSignal): Promise<Uint8Array> {
  const sent: Uint8Array[] = [];
  for (const step of steps) {
    if (step === 'fin') dialled.sendFin();
    else if ('wait' in step) {
      if (await Promise.race([dialled.ended, pause(step.wait, signal)])) break;
    } else {
      sent.push(step.send);
      await dialled.send(step.send);
    }
  }
  return Buffer.concat(sent);
}

function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  return sleep(ms, undefined, { signal });
}
