import { BY_SHARE, type Kind } from '../conformance/kind.js';
import type { Random } from '../conformance/random.js';
import { ascii, clientHello, concat, HEARTBEAT, hex } from '../support/bytes.js';
import { helloFor, malicious, nested, number, SECRET, talk } from './handshakes.js';
import { LANE_KINDS } from './lanes.js';
import { cut, fromHex, mutate, toHex } from './octets.js';
import { proxyHeader } from './proxy-headers.js';
import { randomFault } from './random-faults.js';
import type { Step } from './side.js';
import type { Case, Json } from './target.js';

/** A step of a connection, and the side that takes it. */
export type Part = { readonly side: 'client' | 'upstream' } & Step;

const MIB = 1024 * 1024;
const SECRET_HEX = toHex(ascii(SECRET));
/** As long as the secret, and not a secret. */
const PUBLIC_HEX = toHex(ascii('x'.repeat(SECRET.length)));

/** A connection: what both sides send, when, and how each of them ends. */
export function connectionCase(random: Random): Case {
  const lane = random.pick(LANE_KINDS);
  const { client, broker } = talk(random);
  const secure = lane.startsWith('TLS') && random.chance(0.6);
  const parts = [
    ...side(random, 'client', [...opening(random, lane, secure), ...steps(random, client, garbage)]),
    ...side(random, 'upstream', steps(random, broker, random.chance(0.5) ? malicious : garbage)),
  ];
  const faults = random.chance(0.4)
    ? Array.from({ length: random.between(1, 3) }, (_, at) => randomFault(random, `fuzz-${at}`))
    : [];
  return {
    setup: { lane, secure, faults, leave: random.pick(['fin', 'rst']), linger: random.pick([0, 0, 20, 400]) },
    parts: parts as unknown as readonly Json[],
  };
}

/** What a client sends before AMQP. */
function opening(random: Random, lane: string, secure: boolean): readonly Step[] {
  const header = random.chance(lane.includes('PROXY') ? 0.85 : 0.03) ? proxyHeader(random) : new Uint8Array();
  const hello = random.pick([
    clientHello(),
    helloFor(random.octets(random.pick([0, 1, 255, 4_000]))),
    helloFor(ascii('a'.repeat(253)), ascii('amqp')),
  ]);
  const greeting = random.chance(lane.startsWith('TLS') && !secure ? 0.7 : 0.04) ? hello : new Uint8Array();
  return [header, greeting].flatMap((octets) =>
    octets.length === 0 ? [] : [send(random.chance(0.5) ? octets : mutate(random, octets))],
  );
}

const garbage = (random: Random): Uint8Array => {
  const [, , octets] = random.pick(BY_SHARE as [Kind, ...Kind[]]);
  return octets(random);
};

/** The messages of a side: most of them in order, some changed, dropped, repeated or replaced. */
function steps(random: Random, messages: readonly Uint8Array[], other: (random: Random) => Uint8Array): Step[] {
  // Without any change, as a client and a broker behave.
  const change = random.pick([0, 0.1, 0.3]);
  const all = messages.flatMap((message): Step[] => {
    if (!random.chance(change)) return [send(message), ...(random.chance(0.7) ? [{ do: 'await' } as const] : [])];
    return random.pick<() => Step[]>([
      () => [],
      () => [send(message), send(message)],
      () => [send(other(random))],
      () => [send(mutate(random, fromHex(toHex(message).replaceAll(SECRET_HEX, PUBLIC_HEX))))],
      () => [send(message), send(mutate(random, other(random)))],
      () => huge(random),
    ])();
  });
  if (random.chance(0.3)) all.splice(random.between(0, all.length), 0, ...interruption(random));
  return all;
}

/** Ends, pauses and waits, at any place. */
function interruption(random: Random): readonly Step[] {
  return random.pick<readonly Step[]>([
    [{ do: 'fin' }],
    [{ do: 'rst' }],
    [{ do: 'fin' }, { do: 'wait', ms: 20 }, { do: 'rst' }],
    [{ do: 'wait', ms: random.between(1, 60) }],
    [{ do: 'pause' }],
    [{ do: 'pause' }, { do: 'wait', ms: random.between(1, 200) }, { do: 'resume' }],
    [{ do: 'wait', ms: 400 }],
  ]);
}

/** More than anybody should send. */
function huge(random: Random): Step[] {
  const repeated = (octets: Uint8Array, times: number): Step => ({ do: 'send', hex: toHex(octets), times });
  const size = random.pick([1, 10]) * MIB;
  // The table of a Start, or of a Start-Ok, with one long string.
  const head = concat(
    Uint8Array.of(1, 0, 0),
    number(4, size + 30),
    Uint8Array.of(0, 10, 0, random.pick([10, 11]), ...(random.chance(0.5) ? [0, 9] : [])),
    number(4, size + 7),
    ascii('\x01kS'),
    number(4, size),
  );
  return random.pick<() => Step[]>([
    () => [
      send(head),
      repeated(ascii('x'.repeat(1_024)), size / 1_024),
      send(concat(ascii('PLAIN'), Uint8Array.of(0xce))),
    ],
    () => [repeated(ascii('x'.repeat(1_024)), size / 1_024)],
    () => [repeated(HEARTBEAT, random.pick([1_000, 20_000]))],
    // Empty frames of AMQP 1.0, and frames of one octet.
    () => [repeated(hex('00000008 02 00 0000'), 20_000)],
    () => [repeated(hex('03 0001 00000001 7b ce'), 20_000)],
    () => [repeated(malicious(random), 200)],
    () => [send(concat(hex('01 0000 001e8480 000a 000a 0009'), nested(2_000, 'F')))],
  ])();
}

const send = (octets: Uint8Array): Step => ({ do: 'send', hex: toHex(octets), times: 1 });

/** Splits what a side sends into segments. */
function side(random: Random, of: Part['side'], all: readonly Step[]): readonly Part[] {
  const octetwise = random.chance(0.05);
  const splits = random.chance(0.3);
  return all.flatMap((step): Part[] => {
    if (step.do !== 'send' || step.times > 1) return [{ side: of, ...step }];
    const octets = fromHex(step.hex);
    if (octetwise && octets.length < 700) return [{ side: of, ...step, octetwise: true }];
    if (!splits || octets.length < 2) return [{ side: of, ...step }];
    return cut(random, octets, 4).flatMap((piece): Part[] => [
      { side: of, ...send(piece) },
      ...(random.chance(0.5) ? [{ side: of, do: 'wait' as const, ms: random.between(0, 10) }] : []),
    ]);
  });
}
