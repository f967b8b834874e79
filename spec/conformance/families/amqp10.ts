import { dialectOf } from '../../../lib/amqp/dialect.js';
import {
  AMQP,
  AMQP_HEADER,
  begin10,
  close10,
  frame10,
  open10,
  SASL,
  SASL_HEADER,
  saslInit,
} from '../../support/amqp10.js';
import { concat, plain, protocolHeader } from '../../support/bytes.js';
import type { Case, Step } from '../../support/corpus.js';
import { closingOf } from '../broker-log.js';
import { brokerVenue } from '../broker-venue.js';
import type { Family } from '../family.js';
import { RACES, type Race, resetsAfterSend } from '../race.js';
import { type Random, randomOf } from '../random.js';
import { ending, segments, send } from '../segments.js';

type Part = readonly [name: string, octets: Uint8Array];

/** How long a broker sends nothing after a refused login, in ms. */
const SILENCE = 3_000;
/** How long the longest body is, in octets: a frame may have 512 octets before `open`. */
const LONGEST = 2_000;

/** Headers that a broker refuses after SASL. */
type Quad = readonly [number, number, number, number];
const SECOND_HEADERS: readonly [Quad, ...Quad[]] = [
  [0, 0, 9, 1],
  [3, 1, 0, 0],
  [0, 1, 0, 1],
  [2, 1, 0, 0],
];

/** A frame with a size, data offset, type, channel and body of which some are wrong. */
function randomFrame(random: Random, type: number): Uint8Array {
  const bodies = [saslInit(), open10('vhost:/', 'app', '1'), begin10(), close10()].map((frame) => frame.subarray(8));
  const length = random.pick([0, random.between(0, 24), random.between(0, 600), random.between(0, LONGEST)]);
  const body = random.chance(0.5) ? random.pick(bodies as [Uint8Array, ...Uint8Array[]]) : random.octets(length);
  const actual = body.length + 8;
  return frame10(random.chance(0.7) ? type : random.pick([AMQP, SASL, 2, random.between(0, 255)]), body, {
    channel: random.chance(0.7) ? 0 : random.pick([1, 255, random.between(0, 65_535)]),
    dataOffset: random.chance(0.5) ? 2 : random.pick([0, 1, 3, 255, random.between(0, 255)]),
    size: random.chance(0.5)
      ? actual
      : random.pick([
          random.between(0, 8),
          actual + random.between(-8, 8),
          512 + random.between(-1, 2),
          random.between(0, 2_000),
          random.between(0, 2 ** 32 - 1),
        ]),
  });
}

/** What a client sends before SASL is complete, and after it. */
const beforeSasl = (random: Random): Part => ['a SASL frame', randomFrame(random, SASL)];

function afterSasl(random: Random): Part {
  if (random.chance(0.2)) {
    return ['another second header', protocolHeader(...random.pick(SECOND_HEADERS))];
  }
  if (random.chance(0.1)) return ['noise after SASL', random.octets(random.between(1, 20))];
  return ['an AMQP frame', concat(AMQP_HEADER, randomFrame(random, AMQP))];
}

const GOOD = saslInit();
const WRONG = saslInit('PLAIN', plain('guest', 'wrong'));

/**
 * How long the broker may take to answer a login, which must not overlap with what follows. Twice this and the longest pauses
 * are well below a handshake timeout of 1 s.
 */
const SETTLED: Step = { wait: 120 };

function scriptOf(seed: number, number: number): Case {
  const random = randomOf(seed, 'amqp10', number);
  const at = random.fraction();
  const opening: Step[] = [send(SASL_HEADER), ...(random.chance(0.7) ? [SETTLED] : [])];
  const login = random.chance(0.9) ? GOOD : WRONG;
  let what: string;
  let steps: Step[];
  if (at < 0.5) {
    const [name, octets] = beforeSasl(random);
    [what, steps] = [name, [...opening, ...segments(random, octets, 16)]];
  } else if (at < 0.92) {
    const [name, octets] = login === GOOD ? afterSasl(random) : (['a wrong password', new Uint8Array()] as const);
    [what, steps] = [name, [...opening, send(login), SETTLED, ...segments(random, octets, 24)]];
  } else {
    const whole = concat(SASL_HEADER, login, AMQP_HEADER, open10('vhost:/', 'app', '1'));
    [what, steps] = ['a good connection', segments(random, whole, whole.length)];
  }
  return {
    name: `script ${number} of seed ${seed}, amqp10: ${what}`,
    group: 'generated',
    steps: [...steps, ...ending(random)],
    watch: { ht: 1 },
  };
}

const UNSENT = /Reader error: \{(inet_error,closed|badmatch,\{error,enotconn)/;

const SASL_RACES: readonly Race[] = [
  {
    name: 'rst-overtook-sasl',
    why: 'The client reset while the broker answered: its reader fails to write, and logs that instead of its decision, or a clean end.',
    aspects: ['reason', 'entries'],
    happened: (script, { entries = [] }) => {
      const closing = closingOf(entries);
      return resetsAfterSend(script) && closing !== undefined && (closing.term === null || UNSENT.test(closing.term));
    },
  },
  {
    name: 'refusal-unseen',
    why: 'The client left in the 3 s in which the broker sends nothing after a refused login: the refusal was not on the wire.',
    aspects: ['reason', 'entries'],
    happened: ({ name }, direct, proxied) =>
      name.endsWith('a wrong password') && direct.received === proxied.received && direct.ms < SILENCE,
  },
];

/** Frames of AMQP 1.0 with random sizes, data offsets, types and channels. */
export const amqp10: Family = {
  scriptOf,
  open: (subject, options) => brokerVenue(subject, options),
  lacks: ({ version }, { proxy }) =>
    dialectOf(version).amqp10Native || proxy?.amqp10 === 'on' ? undefined : 'no --amqp10 on',
  races: [...SASL_RACES, ...RACES],
  ignored: () => [],
};
