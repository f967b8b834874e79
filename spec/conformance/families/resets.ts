import { broker, protocolHeader } from '../../support/bytes.js';
import type { Octets } from '../../support/corpus.js';
import type { Family } from '../family.js';
import { laneVenue } from '../lane-venue.js';
import { type Random, randomOf } from '../random.js';
import { SIDE_RACES } from '../side-race.js';
import type { SideStep, TwoSided } from '../two-sided.js';

/** The longest pause before an end, in ms. */
const LATEST = 50;

const hexOf = (octets: Uint8Array): Octets => ({ hex: Buffer.from(octets).toString('hex') });
const HEADER = hexOf(protocolHeader(0, 0, 9, 1));
const START = hexOf(broker.start());

const pause = (random: Random): SideStep[] => {
  const ms = random.pick([0, random.between(0, 5), random.between(0, LATEST)]);
  return ms === 0 ? [] : [{ wait: ms }];
};

const close = (random: Random): SideStep => (random.chance(0.65) ? 'rst' : 'fin');

function scriptOf(seed: number, number: number): TwoSided {
  const random = randomOf(seed, 'resets', number);
  const mode = random.chance(0.5) ? 'guard' : 'observe';
  // A guard does not dial before the header.
  const hasHeader = mode === 'guard' || random.chance(0.5);
  const answers = random.chance(0.4);
  const client: SideStep[] = hasHeader ? [...(random.chance(0.3) ? pause(random) : []), { send: HEADER }] : [];
  const server: SideStep[] = [
    ...(hasHeader ? [{ awaitOctets: 8 }] : []),
    ...(answers ? [...pause(random), { send: START }] : []),
  ];
  const by = random.pick(['client', 'server', 'client', 'server', 'both']);
  if (by !== 'server') client.push(...pause(random), close(random));
  if (by !== 'client') server.push(...pause(random), close(random));
  return {
    name: `script ${number} of seed ${seed}, resets: ${mode}, ${by}`,
    group: 'generated',
    steps: [],
    mode,
    client,
    server,
    watch: 0,
  };
}

/** Resets and FINs 0 to 50 ms after the connect or the header, from a client and from a server in place of a broker. */
export const resets: Family = {
  scriptOf,
  open: laneVenue,
  lacks: () => undefined,
  races: SIDE_RACES,
  ignored: () => ['decision', 'reason', 'entries'],
};
