import { MalformedError } from './malformed-error.js';

/** An AMQP 1.0 value. Symbols are strings. Types that are not used here are skipped and become null. */
export type Amqp10Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Amqp10Value[]
  | ReadonlyMap<Amqp10Value, Amqp10Value>
  | { readonly descriptor: Amqp10Value; readonly value: Amqp10Value };

/** Maximum nesting depth of values. */
const NESTING_MAX = 32;

const text = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Decodes the value at the start of the octets. Octets after it are ignored.
 *
 * @throws MalformedError if the value is truncated, nested too deeply, or of an unknown type
 * @see AMQP 1.0, part 1, section 1.6
 */
export function decodeAmqp10(octets: Uint8Array): Amqp10Value {
  return decodeFirst(octets).value;
}

/**
 * Decodes the value at the start of the octets. `length`: how many octets it has.
 *
 * @throws MalformedError as `decodeAmqp10` does
 */
export function decodeFirst(octets: Uint8Array): { readonly value: Amqp10Value; readonly length: number } {
  const decoder = new Decoder(octets);
  return { value: decoder.value(0), length: decoder.at };
}

class Decoder {
  private readonly view: DataView;
  private readonly octets: Uint8Array;
  /** How many octets have been read. */
  at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  value(depth: number): Amqp10Value {
    if (depth > NESTING_MAX) throw new MalformedError(`values are nested more than ${NESTING_MAX} levels deep`);
    return this.read(this.unsigned(1), depth);
  }

  private read(code: number, depth: number): Amqp10Value {
    switch (code) {
      case 0x00:
        return { descriptor: this.value(depth + 1), value: this.value(depth + 1) };
      case 0x40:
        return null;
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x56:
        return this.unsigned(1) !== 0;
      case 0x43:
      case 0x44:
        return 0;
      case 0x45:
        return [];
      case 0x50:
      case 0x52:
      case 0x53:
        return this.unsigned(1);
      case 0x60:
        return this.unsigned(2);
      case 0x70:
        return this.unsigned(4);
      case 0x80:
        return this.view.getBigUint64(this.advance(8));
      case 0xc0:
        return this.list(1, depth);
      case 0xd0:
        return this.list(4, depth);
      case 0xc1:
        return this.map(1, depth);
      case 0xd1:
        return this.map(4, depth);
      case 0xe0:
        return this.array(1, depth);
      case 0xf0:
        return this.array(4, depth);
      case 0xa0:
        return this.sized(1);
      case 0xb0:
        return this.sized(4);
      case 0xa1:
      case 0xa3:
        return text.decode(this.sized(1));
      case 0xb1:
      case 0xb3:
        return text.decode(this.sized(4));
      default:
        return this.skip(code);
    }
  }

  private list(width: 1 | 4, depth: number): Amqp10Value[] {
    const elements = new Decoder(this.sized(width));
    const count = elements.unsigned(width);
    const list: Amqp10Value[] = [];
    // The octets present bound the loop: the count may be a lie, and reading past the end throws.
    while (list.length < count) list.push(elements.value(depth + 1));
    return list;
  }

  /** All elements of an array share one constructor. */
  private array(width: 1 | 4, depth: number): Amqp10Value[] {
    const elements = new Decoder(this.sized(width));
    const count = elements.unsigned(width);
    const code = elements.unsigned(1);
    // Elements of width 0 would not bound the loop.
    if (code < 0x50) return [];
    const array: Amqp10Value[] = [];
    while (array.length < count) array.push(elements.read(code, depth + 1));
    return array;
  }

  private map(width: 1 | 4, depth: number): ReadonlyMap<Amqp10Value, Amqp10Value> {
    const list = this.list(width, depth);
    const map = new Map<Amqp10Value, Amqp10Value>();
    for (let at = 0; at + 1 < list.length; at += 2) map.set(list[at] ?? null, list[at + 1] ?? null);
    return map;
  }

  /** Skips a value. The upper four bits of the code give its length. */
  private skip(code: number): null {
    const fixed = [0, 1, 2, 4, 8, 16][(code >> 4) - 4];
    if (fixed !== undefined) this.advance(fixed);
    else if (code >= 0xa0) this.sized(((code >> 4) & 1) === 0 ? 1 : 4);
    else throw new MalformedError(`unknown AMQP 1.0 type code 0x${code.toString(16)}`);
    return null;
  }

  private sized(width: 1 | 4): Uint8Array {
    const size = this.unsigned(width);
    const from = this.advance(size);
    return this.octets.subarray(from, from + size);
  }

  private unsigned(width: 1 | 2 | 4): number {
    const at = this.advance(width);
    if (width === 1) return this.view.getUint8(at);
    return width === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private advance(count: number): number {
    const { at } = this;
    if (at + count > this.octets.length) {
      throw new MalformedError(`truncated: ${count} bytes expected, ${this.octets.length - at} left`);
    }
    this.at += count;
    return at;
  }
}
