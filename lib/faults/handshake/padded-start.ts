import { FRAME_HEADER_LENGTH } from '../../amqp/frame.js';

/** What is added to the server properties of a Start. */
export type Padding = {
  /** The octets of the properties at least, with what is added; null: no more than `nesting` needs. */
  readonly size: number | null;
  /** How many tables are nested in each other; null: none. */
  readonly nesting: number | null;
};

/** Where the size of the properties is in a Start frame: after class id, method id and version. */
const TABLE_AT = FRAME_HEADER_LENGTH + 6;

/** A field with a table: its name with its length, its type, and the size of the table. */
const NESTED = [1, ...Buffer.from('nF', 'latin1')];
const LEVEL = NESTED.length + 4;

/** A field with a long string, without the size of the string. */
const FILLER = [6, ...Buffer.from('fillerS', 'latin1')];

/** Frames that are in use: the same for all connections to a broker, and too large to have one for each. */
let known: { readonly start: Uint8Array; readonly padding: Padding; readonly frame: WeakRef<Uint8Array> }[] = [];
const MOST_KNOWN = 8;

/**
 * Returns a Start frame with larger server properties. It must not be changed: connections share it as long as one of them sends it.
 *
 * @param start the frame without padding
 */
export function paddedStart(start: Uint8Array, padding: Padding): Uint8Array {
  known = known.filter(({ frame }) => frame.deref() !== undefined);
  const same = known.find((each) => isSame(each.padding, padding) && Buffer.compare(each.start, start) === 0);
  const found = same?.frame.deref();
  if (found) return found;
  const frame = pad(start, padding);
  known = [...known, { start, padding, frame: new WeakRef(frame) }].slice(-MOST_KNOWN);
  return frame;
}

/** It does not recurse, however deeply it nests. */
function pad(start: Uint8Array, { size, nesting }: Padding): Uint8Array {
  const before = new DataView(start.buffer, start.byteOffset).getUint32(TABLE_AT);
  const nested = LEVEL * (nesting ?? 0);
  const missing = (size ?? 0) - before - nested;
  const filler = missing > 0 ? Math.max(missing, FILLER.length + 4) : 0;
  const added = nested + filler;
  const frame = new Uint8Array(start.length + added);
  const view = new DataView(frame.buffer);
  const end = TABLE_AT + 4 + before;
  frame.set(start.subarray(0, end));
  view.setUint32(3, start.length - FRAME_HEADER_LENGTH - 1 + added);
  view.setUint32(TABLE_AT, before + added);
  for (let at = end, left = nested - LEVEL; left >= 0; at += LEVEL, left -= LEVEL) {
    frame.set(NESTED, at);
    view.setUint32(at + NESTED.length, left);
  }
  if (filler > 0) {
    const at = end + nested;
    frame.set(FILLER, at);
    view.setUint32(at + FILLER.length, filler - FILLER.length - 4);
    frame.fill(0x78, at + FILLER.length + 4, at + filler);
  }
  frame.set(start.subarray(end), end + added);
  return frame;
}

const isSame = (a: Padding, b: Padding): boolean => a.size === b.size && a.nesting === b.nesting;
