import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeCase } from './cases.js';
import type { Target } from './dial.js';
import { FRAME_CASES, GOOD_CASE, HEADER_CASES } from './identifying-cases.js';
import { type Identity, identityOf } from './identity.js';
import { AFTER_ANSWER, watch } from './play.js';
import type { Played } from './probe.js';

export interface IdentifyOptions extends Target {
  readonly signal?: AbortSignal;
  /** Called at the start, and each time a case has been played. */
  readonly played?: Played;
}

/** How long each connection is watched, in ms: RabbitMQ closes 3 s after too large a frame was announced. */
const WATCHED = 3_600;

/** The maximum delay of the other cases, which start when the good client was answered, in ms. */
const HEAD_START = 200;

/**
 * Identifies a server by how it refuses clients. Takes about 4 s.
 *
 * @throws ProbeError when the target cannot be reached; the signal's reason when it is aborted
 */
export async function identify({ host, port, signal, played = () => {} }: IdentifyOptions): Promise<Identity> {
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const of = FRAME_CASES.length + HEADER_CASES.length;
  let count = 0;
  played(count, of);
  const play = async (probeCase: ProbeCase, atMost: number, afterAnswer = AFTER_ANSWER) => {
    const result = await watch(probeCase, { host, port, atMost, afterAnswer, signal: stop });
    count += 1;
    played(count, of);
    return result;
  };
  try {
    const frames = FRAME_CASES.map((each) => play(each, WATCHED, WATCHED));
    // A proxy that learns the dialect of its broker learns it from a good client, and applies it to the cases after it.
    const good = play(GOOD_CASE, WATCHED);
    const first = Promise.all([good, ...frames]);
    await Promise.race([good, first, sleep(HEAD_START, undefined, { signal: stop })]);
    const others = HEADER_CASES.filter((each) => each !== GOOD_CASE).map((each) => play(each, WATCHED - HEAD_START));
    return identityOf((await Promise.all([first, ...others])).flat());
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    over.abort();
  }
}
