import { client, plain, protocolHeader } from '../../support/bytes.js';
import type { Case, Step } from '../../support/corpus.js';
import { closingOf } from '../broker-log.js';
import { brokerVenue } from '../broker-venue.js';
import type { Family } from '../family.js';
import { beginning } from '../kind.js';
import { ACCEPTED_RACES, type Race } from '../race.js';
import { type Random, randomOf } from '../random.js';
import { send } from '../segments.js';
import { stopping } from '../stopped-broker.js';
import { LOGIN_RACES } from './start-ok.js';

type Sent = readonly [name: string, octets: Uint8Array];

/** What a client sends to open a connection; the broker answers each with one frame. */
const sends = (random: Random): readonly Sent[] => [
  ['header', protocolHeader(0, 0, 9, 1)],
  [
    'start-ok',
    client.startOk({
      response: plain('guest', random.chance(0.9) ? 'guest' : 'wrong'),
      properties: { product: 'app', capabilities: { authentication_failure_close: random.chance(0.6) } },
    }),
  ],
  ['tune-ok', client.tuneOk()],
  ['open', client.open()],
];

/** While the broker is stopped, in ms. */
const LONGEST_PAUSE = 200;

function scriptOf(seed: number, number: number): Case {
  const random = randomOf(seed, 'stuck', number);
  const all = sends(random);
  // The broker is stopped before this one is sent, which may be after the last one.
  const stopAt = random.between(0, all.length);
  const lastAt = random.chance(0.5) ? stopAt : random.between(0, all.length);
  const isWhole = random.chance(0.7);
  const steps: Step[] = [];
  all.slice(0, Math.max(stopAt, lastAt)).forEach(([name, octets], at) => {
    if (at === stopAt) steps.push('stop');
    const isLast = at === Math.max(stopAt, lastAt) - 1;
    steps.push(send(isLast && !isWhole ? atLeastOne(beginning(random, octets), octets) : octets));
    if (at >= stopAt) steps.push({ wait: random.between(1, LONGEST_PAUSE) });
    else if (!isLast || isWhole) steps.push(...(name === 'tune-ok' ? [] : [{ awaitFrames: at === 3 ? 3 : at + 1 }]));
  });
  if (!steps.includes('stop')) steps.push('stop');
  if (random.chance(0.25)) steps.push({ wait: random.between(1, LONGEST_PAUSE) }, random.pick(['fin', 'rst']));
  return {
    name: `script ${number} of seed ${seed}, stuck: stopped before ${all[stopAt]?.[0] ?? 'the end'}`,
    group: 'generated',
    steps,
    // Until the broker continues, and its own 3 s after an error.
    watch: { ht: 3 },
  };
}

const atLeastOne = (part: Uint8Array, whole: Uint8Array) => (part.length === 0 ? whole.subarray(0, 1) : part);

const STUCK_RACES: readonly Race[] = [
  {
    name: 'answered-late',
    why: 'When the broker continues, it answers what was sent to it meanwhile before its timer ends the connection; the proxy has ended it by then.',
    aspects: ['octets'],
    happened: (_script, direct, proxied) => direct.received.startsWith(proxied.received),
  },
  {
    name: 'timer-first',
    why: 'When the broker continues, its timer can end the connection before it has read what was sent to it meanwhile, or after that. The proxy ends it at its own timer.',
    aspects: ['reason', 'entries'],
    happened: ({ steps }, direct, proxied) =>
      steps.at(-1) !== 'stop' &&
      [direct.entries ?? [], proxied.entries].some((entries) =>
        closingOf(entries)?.term?.startsWith('{handshake_timeout,'),
      ),
  },
  {
    name: 'refusal-unseen',
    why: 'The broker was stopped in the 3 s in which it sends nothing after a refused login: the refusal was not on the wire.',
    aspects: ['reason', 'entries'],
    happened: (_script, direct, proxied) =>
      direct.received === proxied.received &&
      (closingOf(direct.entries ?? [])?.term?.includes(' login refused: ') ?? false),
  },
];

/** Brokers that stop at any place of the handshake, until the handshake timeout has passed. */
export const stuck: Family = {
  scriptOf,
  open: (subject, options) => brokerVenue(subject, options, stopping(subject, subject.pid ?? 0)),
  lacks: ({ pid }) => (pid === undefined ? 'no --pid' : undefined),
  races: [...STUCK_RACES, ...LOGIN_RACES, ...ACCEPTED_RACES],
  ignored: () => ['time', 'decision'],
};
