import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../amqp/header.js';
import { isAnswered } from './answer.js';
import type { ProbeCase } from './cases.js';
import { type Dialled, dial, type Target } from './dial.js';

/** What a case looked like from the client's side. */
export interface ProbeResult {
  readonly case: string;
  /** Hex of the octets that were really sent. */
  readonly sent: string;
  /** Hex of the octets that came, at most 64 KiB of them. */
  readonly received: string;
  /** How the target ended the connection; `open` when it did not while we watched. */
  readonly end: 'fin' | 'rst' | 'open';
  /** From the connect to that end, or how long we watched; in milliseconds, rounded to a tenth. */
  readonly ms: number;
}

export interface PlayOptions extends Target {
  /** The handshake timeout that the target is expected to have, in milliseconds. */
  readonly expectedTimeout: number;
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends Target {
  /** How long is watched, after the last step, in milliseconds. */
  readonly atMost: number;
  /** How long is watched once the client was taken on, in milliseconds. */
  readonly afterAnswer: number;
  readonly signal?: AbortSignal;
}

/** How much longer than the expected timeout we watch. */
const PATIENCE = 1.25;

/** How long a client that was taken on is watched, in milliseconds: long enough for an end right after the answer. */
export const AFTER_ANSWER = 100;

/**
 * Plays one case on a connection of its own.
 *
 * @throws ProbeError when the target cannot be reached, or the network fails; the signal's reason when it is aborted
 */
export function play(probeCase: ProbeCase, { expectedTimeout, ...options }: PlayOptions): Promise<ProbeResult> {
  return watch(probeCase, { ...options, atMost: expectedTimeout * PATIENCE, afterAnswer: AFTER_ANSWER });
}

/**
 * As `play`, for as long as is asked.
 *
 * @throws as `play`
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

/** Does what the client of the case does, until the other side ends; returns what it has sent. */
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
