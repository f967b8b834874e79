import { createHash, randomBytes } from 'node:crypto';
import type { Wire } from './wire.js';

export const sha1 = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('hex');

/** More than fits on the way to a reader that has stopped. */
const TOO_MUCH = 64 * 1024 * 1024;

let pool: Buffer | undefined;

/**
 * Random bytes from a pool, because generating them takes longer than relaying them.
 *
 * @param length up to 64 MiB
 * @param at where in the pool they begin, up to 1 MiB: different bytes for each of several senders
 */
export function randomOctets(length: number, at = 0): Buffer {
  pool ??= randomBytes(TOO_MUCH + 1024 * 1024);
  return pool.subarray(at, at + length);
}

/** Sends in chunks of odd sizes, as fast as the other side reads. */
export async function pour(wire: Pick<Wire, 'send'>, octets: Uint8Array, chunk: number): Promise<void> {
  for (let at = 0; at < octets.length; at += chunk) await wire.send(octets.subarray(at, at + chunk));
}

type Sipped = Pick<Wire, 'arrived' | 'receivedLength' | 'pause' | 'resume'>;

/** Reads a little, pauses, and reads again, until everything has arrived. */
export async function sip(wire: Sipped, length: number, sipLength: number): Promise<void> {
  for (;;) {
    await wire.arrived(Math.min(length, wire.receivedLength + sipLength));
    if (wire.receivedLength >= length) return;
    wire.pause();
    await new Promise((resolve) => setTimeout(resolve, 1));
    wire.resume();
  }
}

/**
 * Fills the path to a reader that has stopped, until nothing on it accepts more.
 *
 * @returns what was sent
 * @throws Error when the reader does not stop the sender
 */
export async function stuff(sender: Pick<Wire, 'send' | 'unsent'>): Promise<Uint8Array> {
  const octets = randomOctets(TOO_MUCH);
  let sent = 0;
  while (sender.unsent === 0) {
    if (sent === octets.length) throw new Error(`the sender was not stopped after ${sent} bytes`);
    void sender.send(octets.subarray(sent, sent + 65_536));
    sent += 65_536;
    // Bytes that this end's kernel accepted must travel as far as they can.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return octets.subarray(0, sent);
}
