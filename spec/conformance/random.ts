/** The random numbers of one script: they depend only on its seed, family and number. */
export const randomOf = (seed: number, family: string, number: number): Random =>
  new Random(seed, number, ...Buffer.from(family));

/** Random numbers that are the same for the same seed on every machine. */
export class Random {
  private state: number;

  /** @param seeds 32-bit numbers; a different count or order produces a different sequence */
  constructor(...seeds: readonly number[]) {
    this.state = seeds.reduce((state, seed) => scramble(state ^ (seed >>> 0)), seeds.length);
  }

  /** A number from 0 (inclusive) to 1 (exclusive), from mulberry32: small, and good enough for choosing octets. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return scramble(this.state) / 2 ** 32;
  }

  /** An integer; both ends are included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.between(0, items.length - 1)] as Item;
  }

  octets(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.between(0, 255));
  }
}

function scramble(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
