import { MalformedError } from './malformed-error.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads the elementary domains of AMQP 0-9-1 from octets, in network byte order.
 *
 * @throws MalformedError from every method if fewer octets are left than it needs
 * @see AMQP 0-9-1, section 4.2.5
 */
export class OctetReader {
  private readonly octets: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** The number of octets not read yet. */
  get left(): number {
    return this.octets.length - this.at;
  }

  octet(): number {
    return this.view.getUint8(this.advance(1));
  }

  signedOctet(): number {
    return this.view.getInt8(this.advance(1));
  }

  short(): number {
    return this.view.getUint16(this.advance(2));
  }

  signedShort(): number {
    return this.view.getInt16(this.advance(2));
  }

  long(): number {
    return this.view.getUint32(this.advance(4));
  }

  signedLong(): number {
    return this.view.getInt32(this.advance(4));
  }

  longlong(): bigint {
    return this.view.getBigUint64(this.advance(8));
  }

  signedLonglong(): bigint {
    return this.view.getBigInt64(this.advance(8));
  }

  float(): number {
    return this.view.getFloat32(this.advance(4));
  }

  double(): number {
    return this.view.getFloat64(this.advance(8));
  }

  /** The next `count` octets: a view, not a copy. */
  take(count: number): Uint8Array {
    const from = this.advance(count);
    return this.octets.subarray(from, from + count);
  }

  /** A short string as UTF-8; octets that are not UTF-8 become U+FFFD. */
  shortstr(): string {
    return utf8.decode(this.take(this.octet()));
  }

  /** The octets of a long string: a copy, because the source may be a buffer that is reused. */
  longstr(): Uint8Array {
    return Uint8Array.from(this.take(this.long()));
  }

  /** A long string as UTF-8; octets that are not UTF-8 become U+FFFD. */
  text(): string {
    return utf8.decode(this.take(this.long()));
  }

  /** @throws MalformedError if octets are left */
  end(): void {
    if (this.left > 0) throw new MalformedError(`${this.left} unexpected bytes at the end`);
  }

  private advance(count: number): number {
    if (count > this.left) throw new MalformedError(`truncated: ${count} bytes expected, ${this.left} left`);
    const from = this.at;
    this.at += count;
    return from;
  }
}
