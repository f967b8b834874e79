/** Reads the octets of a socket for its peer. */
export interface Reads {
  /** Passes nothing on until `resume`. A FIN is noticed if no octets have arrived before it. */
  hold(): void;
  /** Reads on after `hold`, or after a chunk that was not wanted. */
  resume(): void;
  /**
   * Our FIN was sent, so no write can show any more how the peer ends. From now on reading stops after each chunk: a reset
   * that follows a chunk is then reported as an error. Otherwise libuv may report it as an end.
   */
  readOneByOne(): void;
}

/** Takes what was read. */
export interface Reader {
  /** @returns whether to read on; if not, the octets stay valid, and `resume` continues */
  take(octets: Uint8Array): boolean;
}
