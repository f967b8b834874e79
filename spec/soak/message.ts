import { crc32 } from 'node:zlib';
import type { Random } from '../conformance/random.js';

/** A message of the run. The ID names it and describes its body, so the body can have any size, also 0. */
export interface Message {
  /** `PUBLISHER.NUMBER.LENGTH.CHECKSUM` */
  readonly id: string;
  readonly body: Buffer;
}

/** What an ID says. */
export interface Named {
  readonly publisher: number;
  readonly number: number;
}

export const MIB = 1024 * 1024;

/** Each body is a part of this buffer. Making new random octets for each would take longer than sending it. */
const POOL = 2 * MIB;

/** The sizes of bodies in bytes, and how many in 1,000 messages have them. */
const SIZES: readonly (readonly [most: number, weight: number])[] = [
  [0, 30],
  [100, 400],
  [2048, 370],
  [65_536, 180],
  [262_144, 17],
  [MIB - 1, 2],
];

/** Makes messages with bodies of 0 to 1 MiB, most of them small. The same seed makes the same messages. */
export class MessageMaker {
  private readonly random: Random;
  private readonly pool: Buffer;

  constructor(random: Random) {
    this.random = random;
    this.pool = Buffer.alloc(POOL);
    for (let at = 0; at < POOL; at += 4) this.pool.writeUInt32LE(Math.floor(random.fraction() * 2 ** 32), at);
  }

  make(publisher: number, number: number): Message {
    const length = this.length();
    const from = this.random.between(0, POOL - length);
    const body = this.pool.subarray(from, from + length);
    return { id: `${publisher}.${number}.${length}.${crc32(body)}`, body };
  }

  private length(): number {
    let draw = this.random.between(0, 999);
    let least = 0;
    for (const [most, weight] of SIZES) {
      if (draw < weight) return this.random.between(least, most);
      draw -= weight;
      least = most;
    }
    return MIB;
  }
}

/** Returns which message it is, or undefined if the ID is not one of ours or the body is not the one it describes. */
export function verify(id: unknown, body: Uint8Array): Named | undefined {
  const [, publisher, number, length, checksum] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(String(id)) ?? [];
  if (publisher === undefined || Number(length) !== body.length || Number(checksum) !== crc32(body)) return undefined;
  return { publisher: Number(publisher), number: Number(number) };
}
