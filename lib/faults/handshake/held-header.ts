import { appendHeader } from '../../amqp/header-octets.js';

/** The protocol header of a client, which is passed on octet by octet. */
export class HeldHeader {
  /** The octets received so far. */
  octets: Uint8Array = new Uint8Array();
  /** How many of them have been passed on. */
  passed = 0;

  get isAtBoundary(): boolean {
    return this.passed === 0;
  }

  /** Octets that have not been passed on. */
  get held(): Uint8Array {
    return this.octets.subarray(this.passed);
  }

  /** @returns what follows the header */
  add(octets: Uint8Array): Uint8Array {
    const before = this.octets.length;
    this.octets = appendHeader(this.octets, octets);
    return octets.subarray(this.octets.length - before);
  }

  /** Takes the octets up to number `count` that have not been passed on. */
  takeUpTo(count: number): Uint8Array {
    const from = this.passed;
    this.passed = Math.max(from, Math.min(count, this.octets.length));
    return this.octets.subarray(from, this.passed);
  }
}
