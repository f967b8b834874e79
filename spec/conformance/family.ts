import type { Case } from '../support/corpus.js';
import type { Aspect, Race } from './race.js';
import type { Subject } from './subject.js';
import type { Venue, VenueOptions } from './venue.js';

/** A kind of scripts, how they are played, and what may differ. */
export interface Family {
  /** Depends only on its arguments. */
  readonly scriptOf: (seed: number, number: number) => Case;
  /** Opens the place where its scripts are played. */
  readonly open: (subject: Subject, options: VenueOptions) => Promise<Venue>;
  /** What this broker lacks for these scripts, for example `no --tls`; undefined if nothing. */
  readonly lacks: (subject: Subject, options: VenueOptions) => string | undefined;
  /** The permitted differences. */
  readonly races: readonly Race[];
  /** Aspects that are not compared. */
  readonly ignored: (script: Case) => readonly Aspect[];
}
