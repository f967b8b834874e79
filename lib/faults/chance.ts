/** The inputs of a random number. They are the same in every run with the same seed and the same order of connections. */
export type ChanceOf = {
  readonly seed: number;
  readonly proxy: string;
  /** The name of the fault. */
  readonly name: string;
  /** The number of the connection at its proxy. */
  readonly connection: number;
};

/** Returns a number in [0, 1) that depends on these inputs alone. */
export function chance(of: ChanceOf): number {
  return hash(inputsOf(of)) / 2 ** 32;
}

/** The inputs of a random number for a window of a fault. They are the same in every run with the same seed. */
export type WindowChanceOf = Pick<ChanceOf, 'seed' | 'proxy' | 'name'> & {
  /** The number of the window, from 0. */
  readonly window: number;
  /** What is drawn: its start, or its length. */
  readonly what: 'every' | 'for';
};

/** Returns a number in [0, 1) that depends on these inputs alone. */
export function windowChance({ seed, proxy, name, what, window }: WindowChanceOf): number {
  return hash([seed, proxy, name, what, window]) / 2 ** 32;
}

/** Returns a generator of numbers in [0, 1), for jitter and sizes of pieces (mulberry32). */
export function sequence(of: ChanceOf): () => number {
  // Mixed again, so that the first number is not the one that decided whether the fault acts.
  let state = mix(hash(inputsOf(of)));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let drawn = Math.imul(state ^ (state >>> 15), state | 1);
    drawn ^= drawn + Math.imul(drawn ^ (drawn >>> 7), drawn | 61);
    return ((drawn ^ (drawn >>> 14)) >>> 0) / 2 ** 32;
  };
}

const inputsOf = ({ seed, proxy, name, connection }: ChanceOf) => [seed, proxy, name, connection];

/** FNV-1a over the UTF-16 units of all inputs, then mixed, because texts that differ in the last digit hash to near values. */
function hash(inputs: readonly (string | number)[]): number {
  let state = 0x811c9dc5;
  for (const character of JSON.stringify(inputs)) {
    state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  }
  return mix(state);
}

/** The finalizer of MurmurHash3. */
function mix(state: number): number {
  let mixed = state;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
