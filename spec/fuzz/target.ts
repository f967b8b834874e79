import type { Random } from '../conformance/random.js';

/** A JSON value: a case can be written to a file and played again. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One input of a target. Its parts can be dropped one by one to find the smallest input that shows a problem. */
export interface Case {
  /** Where the parts are played: a decoder, the settings of a proxy. */
  readonly setup: { readonly [key: string]: Json };
  readonly parts: readonly Json[];
}

/** What a process uses: after garbage collection, in bytes; open file descriptors. */
export interface Usage {
  readonly rss: number;
  readonly heap: number;
  /** 0 where the system does not say. */
  readonly descriptors: number;
  /** The longest stall of the event loop so far, in ms. */
  readonly stall: number;
}

/** A place where cases are played. */
export interface Venue extends AsyncDisposable {
  /** How many cases are played together in one call of `play`. */
  readonly together: number;
  /**
   * Plays cases, some of them at the same time.
   *
   * @returns the problem of each case, null if it has none
   */
  play(cases: readonly Case[]): Promise<readonly (string | null)[]>;
  /** Waits until nothing of the cases is left. @returns what is left and must not be, null if nothing is */
  settle(): Promise<string | null>;
  usage(): Promise<Usage>;
  /** Whether nothing more can be played, because the program ended. */
  readonly isBroken: boolean;
}

/** A part of the product that is fuzzed. */
export interface Target {
  /** Its share of the time, in percent. */
  readonly share: number;
  /** The input depends only on the random numbers. */
  readonly caseOf: (random: Random) => Case;
  readonly open: () => Promise<Venue>;
}
