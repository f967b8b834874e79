import { brokerVenue } from '../broker-venue.js';
import type { Family } from '../family.js';
import { RACES } from '../race.js';
import { scriptOf } from '../script.js';

/** Octets around the protocol header, over TCP. */
export const header: Family = {
  scriptOf,
  open: (subject, options) => brokerVenue(subject, options),
  lacks: () => undefined,
  races: RACES,
  ignored: () => [],
};
