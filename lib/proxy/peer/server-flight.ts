/**
 * The first octets that a TLS server sends: its answer to the ClientHello. OpenSSL writes them in one turn of the event loop,
 * in one or more pieces.
 */
export class ServerFlight {
  private pieces: Uint8Array[] | null = [];
  private readonly whole: (first: Uint8Array, second: Uint8Array) => void;

  /** @param whole called once, in a later turn, with the two halves of it */
  constructor(whole: (first: Uint8Array, second: Uint8Array) => void) {
    this.whole = whole;
  }

  /** @returns whether the octets belong to it, and must not be sent */
  take(octets: Uint8Array): boolean {
    const { pieces } = this;
    if (pieces === null) return false;
    if (pieces.length === 0) setImmediate(() => this.end(pieces));
    pieces.push(Uint8Array.from(octets));
    return true;
  }

  private end(pieces: readonly Uint8Array[]): void {
    this.pieces = null;
    const octets = Buffer.concat(pieces);
    const half = Math.floor(octets.length / 2);
    this.whole(octets.subarray(0, half), octets.subarray(half));
  }
}
