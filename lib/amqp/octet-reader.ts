import { MalformedError } from './malformed-error.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads the elementary domains of AMQP 0-9-1 from octets, in network byte order.
 *
 * It reads in place: every connection is opened with it, and views of the octets cost more than what is read through them.
 *
 * @throws MalformedError from every method if fewer octets are left than it needs
 * @see AMQP 0-9-1, section 4.2.5
 */
export class OctetReader {
  private readonly octets: Uint8Array;
  private at: number;
  private readonly until: number;

  /**
   * @param from the offset of the first octet to read. @defaultValue 0
   * @param to the offset after the last one. @defaultValue the length of `octets`
   */
  constructor(octets: Uint8Array, from = 0, to = octets.length) {
    this.octets = octets;
    this.at = from;
    this.until = to;
  }

  /** The number of octets not read yet. */
  get left(): number {
    return this.until - this.at;
  }

  /** The offset of the next octet, for `goTo`. */
  get position(): number {
    return this.at;
  }

  /** Continues at an offset that was a `position` of this reader. */
  goTo(position: number): void {
    this.at = position;
  }

  octet(): number {
    return this.octets[this.advance(1)] as number;
  }

  signedOctet(): number {
    return (this.octet() << 24) >> 24;
  }

  short(): number {
    const at = this.advance(2);
    return ((this.octets[at] as number) << 8) | (this.octets[at + 1] as number);
  }

  signedShort(): number {
    return (this.short() << 16) >> 16;
  }

  long(): number {
    return this.signedLong() >>> 0;
  }

  signedLong(): number {
    const { octets } = this;
    const at = this.advance(4);
    return (
      ((octets[at] as number) << 24) |
      ((octets[at + 1] as number) << 16) |
      ((octets[at + 2] as number) << 8) |
      (octets[at + 3] as number)
    );
  }

  longlong(): bigint {
    return this.view(8).getBigUint64(0);
  }

  signedLonglong(): bigint {
    return this.view(8).getBigInt64(0);
  }

  float(): number {
    return this.view(4).getFloat32(0);
  }

  double(): number {
    return this.view(8).getFloat64(0);
  }

  /** The next `count` octets: a view, not a copy. */
  take(count: number): Uint8Array {
    const from = this.advance(count);
    return this.octets.subarray(from, from + count);
  }

  /** Passes over the next `count` octets. */
  skip(count: number): void {
    this.advance(count);
  }

  /** A reader of the next `count` octets, which this one passes over. */
  within(count: number): OctetReader {
    const from = this.advance(count);
    return new OctetReader(this.octets, from, from + count);
  }

  /** A short string as UTF-8; octets that are not UTF-8 become U+FFFD. */
  shortstr(): string {
    return this.utf8(this.octet());
  }

  /** Passes over a short string. @returns whether it is this ASCII text */
  isShortstr(text: string): boolean {
    const length = this.octet();
    const from = this.advance(length);
    if (length !== text.length) return false;
    for (let nth = 0; nth < length; nth++) if (this.octets[from + nth] !== text.charCodeAt(nth)) return false;
    return true;
  }

  /** The octets of a long string: a copy, because the source may be a buffer that is reused. */
  longstr(): Uint8Array {
    return new Uint8Array(this.take(this.long()));
  }

  /** A long string as UTF-8; octets that are not UTF-8 become U+FFFD. */
  text(): string {
    return this.utf8(this.long());
  }

  /** @throws MalformedError if octets are left */
  end(): void {
    if (this.left > 0) throw new MalformedError(`${this.left} unexpected bytes at the end`);
  }

  private utf8(count: number): string {
    return count === 0 ? '' : utf8.decode(this.take(count));
  }

  private view(count: number): DataView {
    const { buffer, byteOffset } = this.octets;
    return new DataView(buffer, byteOffset + this.advance(count), count);
  }

  private advance(count: number): number {
    const from = this.at;
    if (count > this.until - from) throw new MalformedError(`truncated: ${count} bytes expected, ${this.left} left`);
    this.at = from + count;
    return from;
  }
}
