import { client, concat, plain, protocolHeader } from '../../support/bytes.js';
import type { Case, Step } from '../../support/corpus.js';
import { closingOf } from '../broker-log.js';
import { brokerVenue } from '../broker-venue.js';
import type { Family } from '../family.js';
import { ACCEPTED_RACES, type Race, resetsAfterSend } from '../race.js';
import { type Random, randomOf } from '../random.js';
import { ending, segments, send } from '../segments.js';

const HEADER = protocolHeader(0, 0, 9, 1);

/** The longest Start-Ok, in octets. The brokers' limits are 4,096, and 8,192 from 4.1 on. */
const LONGEST = 20_000;
/** How long a broker sends nothing after an error during the handshake, in ms. */
const SILENCE = 3_000;
const LIMITS = [4_096, 8_192] as const;

type Login = readonly [name: string, mechanism: string, response: Uint8Array];

const LOGINS: readonly [Login, ...Login[]] = [
  ['a good login', 'PLAIN', plain('guest', 'guest')],
  ['a wrong password', 'PLAIN', plain('guest', 'wrong')],
  ['an unknown user', 'PLAIN', plain('nobody', 'guest')],
  ['an unknown mechanism', 'UNKNOWN', plain('guest', 'guest')],
  ['a malformed response', 'PLAIN', plain('guest', 'guest').subarray(1)],
];

/** A Start-Ok whose frame has this many octets, or a few more if that is too short for its fields. */
function startOkOf(length: number, [, mechanism, response]: Login, properties: Readonly<Record<string, boolean>>) {
  const padded = (padding: string) =>
    client.startOk({ mechanism, response, properties: { product: 'app', capabilities: properties, padding } });
  return padded('x'.repeat(Math.max(0, length - padded('').length)));
}

function lengthOf(random: Random): number {
  if (random.chance(0.3)) return random.pick(LIMITS) + random.between(-12, 12);
  return random.chance(0.2) ? random.between(0, 600) : random.between(600, LONGEST);
}

/** What follows the Start-Ok, and how the client ends. A client with an open connection closes it. */
function rest(random: Random): Step[] {
  const [tuneOk, open, close] = [client.tuneOk(), client.open(), client.close()];
  const at = random.fraction();
  if (at < 0.35) return ending(random);
  if (at < 0.5) return [{ awaitFrames: 2 }, ...ending(random)];
  if (at < 0.7) return [{ awaitFrames: 2 }, send(tuneOk), ...ending(random)];
  if (at < 0.85) return [{ awaitFrames: 2 }, send(concat(tuneOk, open)), { awaitFrames: 3 }, send(close), 'fin'];
  return [send(concat(tuneOk, open, close)), { awaitFrames: 4 }, 'fin'];
}

function scriptOf(seed: number, number: number): Case {
  const random = randomOf(seed, 'start-ok', number);
  const login = random.chance(0.5) ? LOGINS[0] : random.pick(LOGINS);
  const startOk = startOkOf(lengthOf(random), login, { authentication_failure_close: random.chance(0.5) });
  const steps: Step[] = random.chance(0.5)
    ? [send(HEADER), { awaitFrames: 1 }, ...segments(random, startOk, startOk.length)]
    : segments(random, concat(HEADER, startOk), HEADER.length + startOk.length);
  return {
    name: `script ${number} of seed ${seed}, start-ok: ${startOk.length} octets, ${login[0]}`,
    group: 'generated',
    steps: [...steps, ...rest(random)],
    watch: { ht: 1 },
  };
}

/** The client was gone before the broker had read or judged its Start-Ok. */
export const LOGIN_RACES: readonly Race[] = [
  {
    name: 'rst-overtook-login',
    why: 'The client reset while its Start-Ok was in transit: the broker had read it or not, and logs the login, its failure, or a client that is gone.',
    aspects: ['reason', 'entries'],
    happened: (script, direct, proxied) =>
      resetsAfterSend(script) && direct.end === 'client-rst' && proxied.end === 'client-rst',
  },
  {
    name: 'refusal-unseen',
    why: 'The client left within the 3 s in which a broker sends nothing after a refused login. Without authentication_failure_close the refusal is not on the wire before their end.',
    aspects: ['reason', 'entries'],
    happened: (_script, direct, proxied) =>
      direct.received === proxied.received &&
      direct.ms < SILENCE &&
      (closingOf(direct.entries ?? [])?.term?.includes(' login refused: ') ?? false),
  },
];

/** The operator's limit is not on the wire. */
const LIMIT_RACES: readonly Race[] = [
  {
    name: 'limit-unknown',
    why: 'An initial_frame_max that the operator has changed is not on the wire. Where the broker sends nothing after the Start-Ok, the proxy assumes the default; the broker’s limit may be another one, or the client left before its answer.',
    aspects: ['time', 'reason', 'entries'],
    happened: (_script, direct, proxied) => {
      const reasons = [closingOf(direct.entries ?? [])?.term, closingOf(proxied.entries)?.term];
      return (
        direct.received === proxied.received &&
        direct.received.length <= 2 * frameEnd(direct.received) &&
        reasons.some((term) => term?.includes('frame_too_large'))
      );
    },
  },
];

/** Where the first frame ends, in octets: Start, after which nothing came. */
function frameEnd(received: string): number {
  return received.length < 14 ? 0 : 8 + Number.parseInt(received.slice(6, 14), 16);
}

/** Start-Ok of any length, against brokers whose operator has changed `initial_frame_max`. */
export const startOk: Family = {
  scriptOf,
  open: (subject, options) => brokerVenue(subject, options),
  lacks: () => undefined,
  races: [...ACCEPTED_RACES, ...LOGIN_RACES, ...LIMIT_RACES],
  ignored: () => [],
};
