import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeCase } from './cases.js';
import type { Target } from './dial.js';
import { FRAME_CASES, GOOD_CASE, HEADER_CASES } from './identifying-cases.js';
import { type Identity, identityOf } from './identity.js';
import { AFTER_ANSWER, watch } from './play.js';

export interface IdentifyOptions extends Target {
  readonly signal?: AbortSignal;
}

/** How long is watched, in ms: RabbitMQ waits for 3 s before it ends who announced too large a frame. */
const WATCHED = 3_600;

/** How long the cases that may be refused wait for the good client, in ms. */
const HEAD_START = 200;

/**
 * Says what a server is, from how it refuses, in about 4 s.
 *
 * @throws ProbeError when the target cannot be reached; the signal's reason when it is aborted
 */
export async function identify({ host, port, signal }: IdentifyOptions): Promise<Identity> {
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const play = (probeCase: ProbeCase, atMost: number, afterAnswer = AFTER_ANSWER) =>
    watch(probeCase, { host, port, atMost, afterAnswer, signal: stop });
  try {
    const frames = Object.values(FRAME_CASES).map((each) => play(each, WATCHED, WATCHED));
    // A proxy that follows its broker's dialect learns it from a good client; the others shall find it learned.
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
