import { CLOSE_OK } from './connection-methods.js';

/** Remembers the last 12 octets of a direction, to tell whether they are a Close-Ok. */
export class CloseOkTail {
  private readonly tail = new Uint8Array(CLOSE_OK.length);

  get isCloseOk(): boolean {
    return this.tail.every((octet, at) => octet === CLOSE_OK[at]);
  }

  push(octets: Uint8Array): void {
    const { tail } = this;
    // Plain loops: they run for every read of every connection, and copying 12 octets through a call costs more.
    const kept = Math.max(0, tail.length - octets.length);
    for (let at = 0; at < kept; at++) tail[at] = tail[at + tail.length - kept] as number;
    const from = octets.length - (tail.length - kept);
    for (let at = kept; at < tail.length; at++) tail[at] = octets[from + at - kept] as number;
  }
}
