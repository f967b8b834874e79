import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { octetsOf } from '../support/corpus.js';
import type { Wire } from '../support/wire.js';
import { isInKernel } from './kernel-table.js';
import type { SideStep } from './two-sided.js';

/** What one end of a connection saw. `own-rst`: it reset first, and sees nothing after that. */
export interface SideView {
  readonly end: 'fin' | 'rst' | 'open' | 'own-rst' | 'none';
  /** Hex; the length and the hash if there is much. */
  readonly received: string;
  /** When it saw the end, and when it closed; ms of `performance.now()`. */
  readonly endedAt: number;
  readonly closedAt: number | undefined;
}

/** The other end of a connection that was never made. */
export const NO_SIDE: SideView = { end: 'none', received: '', endedAt: 0, closedAt: undefined };

/** A sender whose kernel has taken nothing for this long is blocked, in ms. */
const BLOCKED = 40;
/** How often the kernel is asked about the end of a connection that nobody reads, in ms. */
const LOOK = 10;
/** How long a side waits for the other one to close after its own steps, in ms. */
export const SIDE_WATCH = 3_000;

const describe = (octets: Buffer): string =>
  octets.length <= 512
    ? octets.toString('hex')
    : `${octets.length} octets, SHA-1 ${createHash('sha1').update(octets).digest('hex')}`;

/** Plays one end of a connection: its steps, and then it waits for the other end to close. */
export async function playSide(
  wire: Wire,
  ports: readonly [own: number, other: number],
  steps: readonly SideStep[],
): Promise<SideView> {
  let end: SideView['end'] | undefined;
  let endedAt = 0;
  let closedAt: number | undefined;
  let isReading = true;
  const ended = (how: SideView['end']) => {
    if (end === undefined) endedAt = performance.now();
    end ??= how;
  };
  void wire.ended.then(ended);
  const until = async (done: () => boolean, ms: number) => {
    const deadline = performance.now() + ms;
    while (!done() && performance.now() < deadline) {
      const look = sleep(Math.min(LOOK, Math.max(0, deadline - performance.now())));
      await (end === undefined ? Promise.race([look, wire.ended]) : look);
      // A side that does not read learns of a reset from its kernel alone.
      if (!isReading && end === undefined && !isInKernel(...ports)) ended('rst');
    }
  };
  const isGone = () => end !== undefined && end !== 'fin';
  const act = async (step: SideStep) => {
    if (step === 'fin') {
      closedAt ??= performance.now();
      wire.fin();
    } else if (step === 'rst') {
      closedAt ??= performance.now();
      ended('own-rst');
      wire.rst();
    } else if (step === 'pause') {
      isReading = false;
      wire.pause();
    } else if (step === 'resume') {
      isReading = true;
      wire.resume();
    } else if ('send' in step) {
      void wire.send(octetsOf(step.send));
      await new Promise(setImmediate);
    } else if ('awaitOctets' in step) {
      await until(() => end !== undefined || wire.receivedLength >= step.awaitOctets, SIDE_WATCH);
    } else if ('fill' in step) {
      void wire.send(octetsOf(step.fill));
      let [left, since] = [wire.unsent, performance.now()];
      await until(() => {
        if (wire.unsent !== left) [left, since] = [wire.unsent, performance.now()];
        return isGone() || left === 0 || performance.now() - since > BLOCKED;
      }, SIDE_WATCH);
    } else if (typeof step.wait === 'number') await until(isGone, step.wait);
  };
  for (const step of steps) {
    if (isGone()) break;
    await act(step);
  }
  await until(() => end !== undefined, SIDE_WATCH);
  if (end === undefined) ended('open');
  if (end === 'fin') wire.fin();
  const view: SideView = { end: end ?? 'open', received: describe(wire.received), endedAt, closedAt };
  if (end === 'open' || !isReading) wire.rst();
  return view;
}
