const NOTHING = new Uint8Array();

/** Octets that are kept for later. Once there are more than `limit`, they are dropped and nothing is kept any more. */
export class Backlog {
  /** Whether octets were dropped. */
  isOverflown = false;
  private readonly limit: number;
  private storage = NOTHING;
  /** The first `length` octets of `storage` are kept. */
  private length = 0;

  /** @param limit in octets */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** A view of the octets kept. */
  get octets(): Uint8Array {
    return this.storage.subarray(0, this.length);
  }

  /** Keeps a copy of these octets. */
  add(octets: Uint8Array): void {
    const length = this.length + octets.length;
    if (this.isOverflown || length > this.limit) {
      this.isOverflown = true;
      this.drop();
      return;
    }
    if (length > this.storage.length) {
      const grown = new Uint8Array(Math.max(length, Math.min(this.limit, 2 * this.storage.length)));
      grown.set(this.octets);
      this.storage = grown;
    }
    this.storage.set(octets, this.length);
    this.length = length;
  }

  /** Returns the octets kept, which are then no longer kept. */
  take(): Uint8Array {
    const { octets } = this;
    this.drop();
    return octets;
  }

  private drop(): void {
    this.storage = NOTHING;
    this.length = 0;
  }
}
