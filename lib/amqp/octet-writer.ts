const utf8 = new TextEncoder();

/** Maximum length of a short string, in octets. */
export const SHORTSTR_MAX = 255;

/**
 * Writes the elementary domains of AMQP 0-9-1 in network byte order: the counterpart of OctetReader.
 *
 * @throws RangeError from every method if the value does not fit its domain
 * @see AMQP 0-9-1, section 4.2.5
 */
export class OctetWriter {
  private storage = new Uint8Array(64);
  private view = new DataView(this.storage.buffer);
  private length = 0;

  /** The octets written so far: a view, not a copy. */
  octets(): Uint8Array {
    return this.storage.subarray(0, this.length);
  }

  octet(value: number): void {
    const at = this.integer(1, value, 0, 0xff);
    this.view.setUint8(at, value);
  }

  signedOctet(value: number): void {
    const at = this.integer(1, value, -0x80, 0x7f);
    this.view.setInt8(at, value);
  }

  short(value: number): void {
    const at = this.integer(2, value, 0, 0xffff);
    this.view.setUint16(at, value);
  }

  signedShort(value: number): void {
    const at = this.integer(2, value, -0x8000, 0x7fff);
    this.view.setInt16(at, value);
  }

  long(value: number): void {
    const at = this.integer(4, value, 0, 0xffff_ffff);
    this.view.setUint32(at, value);
  }

  signedLong(value: number): void {
    const at = this.integer(4, value, -0x8000_0000, 0x7fff_ffff);
    this.view.setInt32(at, value);
  }

  longlong(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} is not an unsigned 64-bit integer`);
    const at = this.advance(8);
    this.view.setBigUint64(at, value);
  }

  signedLonglong(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} is not a signed 64-bit integer`);
    const at = this.advance(8);
    this.view.setBigInt64(at, value);
  }

  float(value: number): void {
    const at = this.advance(4);
    this.view.setFloat32(at, value);
  }

  double(value: number): void {
    const at = this.advance(8);
    this.view.setFloat64(at, value);
  }

  raw(octets: Uint8Array): void {
    const at = this.advance(octets.length);
    this.storage.set(octets, at);
  }

  shortstr(text: string): void {
    const octets = utf8.encode(text);
    if (octets.length > SHORTSTR_MAX) {
      throw new RangeError(`a short string has at most ${SHORTSTR_MAX} bytes, not ${octets.length}`);
    }
    this.octet(octets.length);
    this.raw(octets);
  }

  /** A long string; text is written as UTF-8. */
  longstr(content: string | Uint8Array): void {
    const octets = typeof content === 'string' ? utf8.encode(content) : content;
    this.long(octets.length);
    this.raw(octets);
  }

  /** The octets that `write` writes, preceded by their count as a long. */
  sized(write: () => void): void {
    const at = this.advance(4);
    write();
    this.view.setUint32(at, this.length - at - 4);
  }

  private integer(size: number, value: number, min: number, max: number): number {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new RangeError(`${value} is not an integer from ${min} to ${max}`);
    }
    return this.advance(size);
  }

  /** Reserves `count` octets and returns their position. May replace `storage` and `view`. */
  private advance(count: number): number {
    const from = this.length;
    this.length += count;
    if (this.length > this.storage.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.storage.length));
      grown.set(this.storage);
      this.storage = grown;
      this.view = new DataView(grown.buffer);
    }
    return from;
  }
}
