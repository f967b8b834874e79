import { ascii, client, clientHello, concat, HEARTBEAT, hex, proxyV1 } from '../support/bytes.js';
import type { Random } from './random.js';

type Octets = (random: Random) => Uint8Array;
type Quad = readonly [number, number, number, number];

const AMQP = ascii('AMQP');
const PROXY_V2 = hex('0d0a0d0a000d0a515549540a 21 11 000c 7f000001 7f000001 9c40 1628');

/** Version quads that some version of RabbitMQ speaks. */
const SPOKEN: readonly [Quad, ...Quad[]] = [
  [0, 0, 9, 1],
  [1, 1, 0, 9],
  [1, 1, 8, 0],
  [1, 1, 9, 1],
  [3, 1, 0, 0],
  [0, 1, 0, 0],
];
/** Version quads that no version speaks but a client might request. */
const UNSPOKEN: readonly [Quad, ...Quad[]] = [
  [0, 0, 9, 0],
  [0, 0, 9, 2],
  [0, 0, 10, 0],
  [0, 0, 8, 0],
  [0, 9, 1, 0],
  [1, 0, 9, 1],
  [1, 1, 0, 8],
  [1, 1, 0, 10],
  [3, 1, 0, 1],
  [1, 1, 0, 0],
  [2, 1, 0, 0],
  [4, 1, 0, 0],
];

const header = (quad: Quad): Uint8Array => concat(AMQP, Uint8Array.from(quad));
const spoken: Octets = (random) => header(random.pick(SPOKEN));

/** Changes one octet: by one, by a bit, or to any other value. */
export function oneOff(random: Random, octets: Uint8Array, from = 0, to = octets.length - 1): Uint8Array {
  const changed = Uint8Array.from(octets);
  const at = random.between(from, to);
  const octet = changed[at] as number;
  changed[at] = random.pick([octet + 1, octet - 1, octet ^ (1 << random.between(0, 7)), random.between(0, 255)]);
  return changed;
}

/** Returns the octets up to a random place. */
export const beginning = (random: Random, octets: Uint8Array, least = 0): Uint8Array =>
  octets.subarray(0, random.between(Math.min(least, octets.length), octets.length));

const text =
  (...texts: readonly [string, ...string[]]): Octets =>
  (random) =>
    ascii(random.pick(texts));

/** Printable, in Latin-1 and in UTF-8, with characters that a log must escape: each changes how octets are printed. */
const LETTERS = [
  'a',
  'Z',
  '0',
  ' ',
  '"',
  '\\',
  '\n',
  '\t',
  '\r',
  '\x1b',
  '\b',
  '~',
  'é',
  'ÿ',
  '\u00a0',
  '€',
  '漢',
  '🐇',
] as const;
const printable: Octets = (random) => {
  const letters = Array.from({ length: random.between(3, 8) }, () => random.pick(LETTERS)).join('');
  const octets = Uint8Array.from(Buffer.from(letters, random.chance(0.5) ? 'latin1' : 'utf8'));
  return octets.length < 8 ? concat(octets, ascii('rabbitmq').subarray(0, 8 - octets.length)) : octets;
};

const FRAMES = concat(client.startOk(), client.tuneOk(), client.open());

/** What a client sends after an accepted header: a part of its frames, or something that is not a frame. */
const afterHeader: Octets = (random) => {
  if (random.chance(0.5)) return new Uint8Array();
  return random.pick<Octets>([
    () => beginning(random, FRAMES, 1),
    () => random.octets(random.between(1, 20)),
    () => beginning(random, HEARTBEAT, 1),
    spoken,
    text('GARBAGE GARBAGE GARBAGE\r\n', 'GET / HTTP/1.1\r\n\r\n', '\x01\0\0'),
  ])(random);
};

export type Kind = readonly [name: string, share: number, octets: Octets];

/** The kinds of octets, each with its share in percent. */
const KINDS: readonly Kind[] = [
  ['nothing', 4, () => new Uint8Array()],
  ['noise', 12, (random) => random.octets(random.between(0, 20))],
  ['noise after AMQP', 8, (random) => concat(AMQP, random.octets(random.between(0, 12)))],
  ['long noise', 2, (random) => random.octets(random.between(1_000, 70_000))],
  ['printable', 8, printable],
  ['a good header in another case', 3, (random) => flipCase(random, spoken(random))],
  ['AMQP, one octet off', 6, (random) => oneOff(random, spoken(random), 0, 3)],
  ['a quad, one octet off', 8, (random) => oneOff(random, header(random.pick([...SPOKEN, ...UNSPOKEN])), 4)],
  ['a quad that no version speaks', 6, (random) => header(random.pick(UNSPOKEN))],
  ['an AMQP 1.0 id', 3, (random) => header([random.between(0, 255), 1, 0, 0])],
  ['a 0-x version', 2, (random) => header([0, 0, random.between(0, 255), random.between(0, 255)])],
  ['digits', 3, text('AMQP0091', 'amqp0091', 'AMQP0908', 'AMQP1100', 'AMQP0-9-1', 'AMQP\x000\x091')],
  [
    'shifted',
    4,
    (random) =>
      random.chance(0.5) ? spoken(random).subarray(random.between(1, 4)) : concat(random.octets(1), spoken(random)),
  ],
  ['doubled', 3, (random) => random.pick([concat(AMQP, AMQP), ascii('AAMMQQPP'), concat(AMQP, spoken(random))])],
  ['a part of a good header', 6, (random) => beginning(random, spoken(random))],
  ['a part of a ClientHello', 4, (random) => beginning(random, clientHello(), 1)],
  ['a ClientHello, one octet off', 2, (random) => oneOff(random, clientHello(), 0, 7)],
  [
    'HTTP',
    4,
    (random) =>
      beginning(
        random,
        text(
          'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
          'GET /',
          'get / HTTP/1.0\r\n\r\n',
          'GET\t/ HTTP',
          'HEAD / HTTP/1.1\r\n\r\n',
          'POST / HTTP/1.1\r\n\r\n',
          'PUT / HTTP/1.1\r\n\r\n',
          'OPTIONS * HTTP/1.1\r\n\r\n',
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        )(random),
        3,
      ),
  ],
  [
    'the PROXY protocol',
    4,
    (random) =>
      beginning(
        random,
        random.pick([
          proxyV1(),
          ascii('PROXY UNKNOWN\r\n'),
          PROXY_V2,
          concat(proxyV1(), spoken(random)),
          concat(PROXY_V2, spoken(random)),
        ]),
        5,
      ),
  ],
  ['a good header', 8, (random) => concat(spoken(random), afterHeader(random))],
];

/** Each kind, repeated according to its share. */
export const BY_SHARE = KINDS.flatMap((kind) => Array<Kind>(kind[1]).fill(kind));

function flipCase(random: Random, octets: Uint8Array): Uint8Array {
  const flipped = Uint8Array.from(octets);
  for (let at = 0; at < 4; at++) if (random.chance(0.6)) flipped[at] = (flipped[at] as number) ^ 0x20;
  return flipped;
}
