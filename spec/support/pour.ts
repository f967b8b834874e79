import { createHash } from 'node:crypto';
import type { Wire } from './wire.js';

export const sha1 = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('hex');

/** Sends in chunks of odd sizes, as fast as the other side reads. */
export async function pour(wire: Pick<Wire, 'send'>, octets: Uint8Array, chunk: number): Promise<void> {
  for (let at = 0; at < octets.length; at += chunk) await wire.send(octets.subarray(at, at + chunk));
}

type Sipped = Pick<Wire, 'octets' | 'receivedLength' | 'pause' | 'resume'>;

/** Reads a little, pauses, and reads again, until everything has arrived. */
export async function sip(wire: Sipped, length: number, sipLength: number): Promise<void> {
  for (;;) {
    await wire.octets(Math.min(length, wire.receivedLength + sipLength));
    if (wire.receivedLength >= length) return;
    wire.pause();
    await new Promise((resolve) => setTimeout(resolve, 1));
    wire.resume();
  }
}
