import type { Random } from '../conformance/random.js';

/** Octets as a part of a case: hex digits, repeated. */
export type Octets = { readonly hex: string; readonly times: number };

/** A length that is written into a frame or a field: around the limits of its width and of the protocol. */
export const LENGTHS = [
  0,
  1,
  7,
  8,
  9,
  255,
  4_087,
  4_088,
  4_089,
  8_192,
  65_535,
  131_064,
  131_072,
  131_073,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 8,
  2 ** 32 - 1,
] as const;

const INTERESTING = [0, 1, 0x7f, 0x80, 0xce, 0xfe, 0xff, 0x41, 0x46, 0x53] as const;

type Change = (random: Random, octets: Uint8Array) => Uint8Array;

const splice = (octets: Uint8Array, at: number, dropped: number, added: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([octets.subarray(0, at), added, octets.subarray(at + dropped)]));

const CHANGES: readonly [Change, ...Change[]] = [
  // One bit.
  (random, octets) => set(octets, random.between(0, octets.length - 1), (octet) => octet ^ (1 << random.between(0, 7))),
  (random, octets) => set(octets, random.between(0, octets.length - 1), () => random.pick(INTERESTING)),
  (random, octets) => set(octets, random.between(0, octets.length - 1), () => random.between(0, 255)),
  // A length of two or four octets.
  (random, octets) => writeNumber(octets, random.between(0, octets.length - 1), 4, random.pick(LENGTHS)),
  (random, octets) => writeNumber(octets, random.between(0, octets.length - 1), 2, random.pick(LENGTHS) % 65_536),
  // The size of a frame.
  (random, octets) => writeNumber(octets, 3, 4, random.pick(LENGTHS)),
  (random, octets) => splice(octets, random.between(0, octets.length), 0, random.octets(random.between(1, 16))),
  (random, octets) => splice(octets, random.between(0, octets.length - 1), random.between(1, 16), new Uint8Array()),
  (random, octets) => octets.subarray(0, random.between(0, octets.length)),
  (random, octets) => octets.subarray(random.between(0, octets.length - 1)),
  // A piece is repeated.
  (random, octets) => {
    const from = random.between(0, octets.length - 1);
    const piece = octets.slice(from, from + random.between(1, 64));
    return splice(octets, random.between(0, octets.length), 0, Buffer.concat(Array(random.between(1, 8)).fill(piece)));
  },
];

/** Changes octets in a few places, as likely to stay close to what they were as to break them. */
export function mutate(random: Random, octets: Uint8Array): Uint8Array {
  let changed = octets;
  for (let count = random.between(1, 4); count > 0 && changed.length > 0; count--) {
    changed = random.pick(CHANGES)(random, changed);
  }
  return changed;
}

/** Cuts octets into at most `most` pieces, none of them empty. */
export function cut(random: Random, octets: Uint8Array, most = 6): Uint8Array[] {
  if (octets.length === 0) return [];
  const cuts = new Set<number>();
  for (let count = random.between(0, most - 1); count > 0; count--) cuts.add(random.between(1, octets.length));
  const ends = [...cuts].filter((at) => at < octets.length).sort((a, b) => a - b);
  return [...ends, octets.length].map((end, nth) => octets.subarray(ends[nth - 1] ?? 0, end));
}

export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

function set(octets: Uint8Array, at: number, change: (octet: number) => number): Uint8Array {
  const changed = Uint8Array.from(octets);
  changed[at] = change(changed[at] ?? 0);
  return changed;
}

function writeNumber(octets: Uint8Array, at: number, width: 2 | 4, value: number): Uint8Array {
  const changed = Uint8Array.from(octets);
  for (let nth = 0; nth < width && at + nth < changed.length; nth++) {
    changed[at + nth] = Math.floor(value / 256 ** (width - 1 - nth)) % 256;
  }
  return changed;
}
