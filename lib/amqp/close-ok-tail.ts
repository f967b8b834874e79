import { CLOSE_OK } from './connection-methods.js';

const LENGTH = CLOSE_OK.length;
const FIRST = CLOSE_OK[0] as number;

/** Tells whether the last octets of a direction are a Close-Ok, however they were split on their way. */
export class CloseOkTail {
  /**
   * How many octets of a Close-Ok the last ones are. Its first octet stands nowhere else in it, so that what does not go
   * on can only begin anew.
   */
  private matched = 0;

  get isCloseOk(): boolean {
    return this.matched === LENGTH;
  }

  /** It runs for every read of every connection: no more than the last octets are looked at, and nothing is copied. */
  push(octets: Uint8Array): void {
    // What came before can count only if nothing is skipped.
    let matched = octets.length > LENGTH ? 0 : this.matched;
    for (let at = Math.max(0, octets.length - LENGTH); at < octets.length; at++) {
      const octet = octets[at] as number;
      matched = octet === CLOSE_OK[matched] ? matched + 1 : octet === FIRST ? 1 : 0;
    }
    this.matched = matched;
  }
}
