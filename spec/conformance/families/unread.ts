import { broker, client as clientFrames, concat, protocolHeader } from '../../support/bytes.js';
import type { Octets } from '../../support/corpus.js';
import type { Family } from '../family.js';
import { laneVenue } from '../lane-venue.js';
import { randomOf } from '../random.js';
import { SIDE_RACES } from '../side-race.js';
import type { SideStep, TwoSided } from '../two-sided.js';

const OPENING = concat(protocolHeader(0, 0, 9, 1), clientFrames.startOk(), clientFrames.tuneOk(), clientFrames.open());
const OPENED = concat(broker.start(), broker.tune(), broker.openOk());
const hexOf = (octets: Uint8Array): Octets => ({ hex: Buffer.from(octets).toString('hex') });

/** A content body of 4,088 octets on channel 1. */
const BODY = concat(Uint8Array.of(3, 0, 1, 0, 0, 0x0f, 0xf8), new Uint8Array(4_088), Uint8Array.of(0xce));
/** From less than the windows of one connection take to more than those of two, in octets. */
const [LEAST, MOST] = [1_000_000, 16_000_000] as const;

function scriptOf(seed: number, number: number): TwoSided {
  const random = randomOf(seed, 'unread', number);
  const mode = random.chance(0.5) ? 'guard' : 'observe';
  const reader = random.pick(['client', 'server']);
  const close: SideStep = random.chance(0.6) ? 'rst' : 'fin';
  const bulk = { hex: Buffer.from(BODY).toString('hex'), repeat: Math.ceil(random.between(LEAST, MOST) / BODY.length) };
  const before = random.between(0, 300);
  const sending: SideStep[] = [{ fill: bulk }, ...(before > 0 ? [{ wait: before }] : []), close];
  // Nothing of a FIN can be seen before the octets that precede it are read.
  const reading: SideStep[] = [
    'pause',
    { wait: random.between(200, 800) },
    ...(close === 'fin' ? (['resume'] as const) : []),
  ];
  const [ofClient, ofServer] = reader === 'client' ? [reading, sending] : [sending, reading];
  return {
    name: `script ${number} of seed ${seed}, unread: ${mode}, the ${reader} does not read, ${close}`,
    group: 'generated',
    steps: [],
    mode,
    client: [{ send: hexOf(OPENING) }, { awaitOctets: OPENED.length }, ...ofClient],
    server: [{ awaitOctets: OPENING.length }, { send: hexOf(OPENED) }, ...ofServer],
    watch: 0,
  };
}

/** Peers that do not read: the other side sends until the windows are full, and then closes. */
export const unread: Family = {
  scriptOf,
  open: laneVenue,
  lacks: () => (process.platform === 'linux' ? undefined : 'not Linux'),
  races: SIDE_RACES,
  ignored: () => ['decision', 'reason', 'entries'],
};
