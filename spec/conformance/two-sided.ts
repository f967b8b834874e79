import type { Case, Octets, Step } from '../support/corpus.js';

/** What one end of a connection does. It reads unless a step stops it. */
export type SideStep =
  | Exclude<Step, 'stop' | { awaitFrames: number } | { quiet: unknown }>
  /** Waits until this many octets have arrived. */
  | { readonly awaitOctets: number }
  /** Sends the octets and waits until they are accepted, or until the other side has not taken any for a while. */
  | { readonly fill: Octets }
  /** Stops reading and starts again. */
  | 'pause'
  | 'resume';

/** A script for both ends of a connection: the client's steps, and those of a server in place of a broker. */
export interface TwoSided extends Case {
  readonly steps: readonly Step[];
  readonly client: readonly SideStep[];
  readonly server: readonly SideStep[];
  readonly mode: 'guard' | 'observe';
}
