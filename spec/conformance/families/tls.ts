import { clientHello, concat, protocolHeader } from '../../support/bytes.js';
import type { Case } from '../../support/corpus.js';
import { pemPath } from '../../support/secure-wire.js';
import type { Listening } from '../../support/server.js';
import { brokerVenue, type Pair, together } from '../broker-venue.js';
import type { Family } from '../family.js';
import { BY_SHARE, beginning, type Kind, oneOff } from '../kind.js';
import { playFromPort } from '../play-from-port.js';
import { playSecured, shapeOf, type TlsScript } from '../play-tls.js';
import { RACES, type Race } from '../race.js';
import { type Random, randomOf } from '../random.js';
import { ending, segments } from '../segments.js';
import type { Subject } from '../subject.js';

/** The `ssl_handshake_timeout` of a broker and of the proxy, in ms. */
const TLS_TIMEOUT = 5_000;

const HELLO = clientHello();

type Raw = readonly [name: string, share: number, octets: (random: Random) => Uint8Array];

/** A record's header with any type, version and length, and some of the octets that it announces. */
function unfilled(random: Random): Uint8Array {
  const length = random.between(1, 600);
  const header = [
    random.pick([0x14, 0x15, 0x16, 0x16, 0x16, 0x17]),
    3,
    random.between(0, 4),
    length >> 8,
    length & 255,
  ];
  return concat(Uint8Array.from(header), new Uint8Array(random.between(0, length - 1)));
}

/** What a client without TLS, or with a bad hello, sends. */
const RAWS: readonly Raw[] = [
  ['nothing', 4, () => new Uint8Array()],
  ['a plain header', 20, () => protocolHeader(0, 0, 9, 1)],
  ['a plain client', 30, (random) => random.pick(BY_SHARE as [Kind, ...Kind[]])[2](random)],
  ['a truncated hello', 12, (random) => beginning(random, HELLO, 1)],
  ['an unfilled record', 10, unfilled],
  ['a hello, one octet off', 14, (random) => oneOff(random, HELLO)],
  ['a hello, one of its first octets off', 10, (random) => oneOff(random, HELLO, 0, 10)],
];
const RAWS_BY_SHARE = RAWS.flatMap((raw) => Array<Raw>(raw[1]).fill(raw));

function scriptOf(seed: number, number: number): TlsScript {
  const random = randomOf(seed, 'tls', number);
  const isSecured = random.chance(0.4);
  const [kind, , octetsOfIt] = isSecured
    ? random.pick(BY_SHARE as [Kind, ...Kind[]])
    : random.pick(RAWS_BY_SHARE as [Raw, ...Raw[]]);
  const octets = octetsOfIt(random);
  const script: Case = {
    name: `script ${number} of seed ${seed}, tls: ${isSecured ? 'inside TLS, ' : ''}${kind}`,
    group: 'generated',
    steps: [...segments(random, octets), ...ending(random)],
    watch: isSecured ? { ht: 1 } : TLS_TIMEOUT,
  };
  if (!isSecured) return script;
  const minVersion = 'TLSv1.2';
  return {
    ...script,
    secured: { minVersion, maxVersion: random.pick(['TLSv1.2', 'TLSv1.3']), notifies: random.chance(0.7) },
  };
}

const playOne =
  (subject: Subject) =>
  async (script: TlsScript, proxy: Listening): Promise<Pair> => {
    const play = async (target: Listening) => {
      if (script.secured) return playSecured(script, target, subject.handshakeTimeout);
      const played = await playFromPort(script, target, subject.handshakeTimeout);
      return { ...played, received: shapeOf(played.received) };
    };
    return Promise.all([play(subject.tls ?? subject), play(proxy)]);
  };

const isSecured = (script: Case): boolean => (script as TlsScript).secured !== undefined;

const writes = ({ steps }: Case): number =>
  steps.filter((step) => step === 'fin' || (typeof step === 'object' && 'send' in step)).length;

const TLS_RACES: readonly Race[] = [
  {
    name: 'end-unnoticed',
    why: 'No race: a client inside TLS ended TCP without a close_notify. Erlang that has not read all octets by then notices it only when the handshake times out. The proxy notices it at once.',
    aspects: ['end', 'time', 'reason', 'entries'],
    happened: (script, direct) =>
      isSecured(script) &&
      (script.steps.includes('rst') ||
        ((script as TlsScript).secured?.notifies === false && script.steps.includes('fin'))) &&
      (direct.entries?.some(({ text }) => text.includes('{handshake_timeout,')) ?? false),
  },
  {
    name: 'alert-lost',
    why: 'The client was still writing when its first octets were refused: its next write triggers a reset, which can replace the FIN, and the alert that it had not read is lost.',
    aspects: ['octets', 'end'],
    happened: (script, direct, proxied) =>
      !isSecured(script) &&
      writes(script) > 1 &&
      [direct, proxied].every(({ end }) => end === 'rst' || end === 'fin') &&
      (direct.received.startsWith(proxied.received) || proxied.received.startsWith(direct.received)),
  },
  {
    name: 'other-tls-library',
    why: 'No race: Erlang and OpenSSL check different things in a ClientHello that is whole but malformed. Where one accepts it, or finds another error first, the answers differ.',
    aspects: ['octets', 'end', 'time', 'entries'],
    happened: ({ name }) => / off$/.test(name),
  },
  {
    name: 'rst-overtook-tls',
    why: 'The client reset while its octets inside TLS were in transit: each side had decrypted them or not.',
    aspects: ['reason', 'entries', 'time'],
    happened: (script, direct, proxied) =>
      isSecured(script) && script.steps.includes('rst') && direct.received === '' && proxied.received === '',
  },
  {
    name: 'own-rst-crossed',
    why: 'The client reset while a close_notify was in transit.',
    aspects: ['close_notify'],
    happened: ({ steps }) => steps.includes('rst'),
  },
  {
    name: 'relayed-reset',
    why: 'No race: the proxy ends TLS and relays the reset of its upstream, which has no TLS, as a bare reset. A broker that ends TLS itself sends a close_notify before it, and from Erlang 27 on a FIN.',
    aspects: ['end', 'close_notify'],
    happened: (script, direct, { report, end }) =>
      isSecured(script) &&
      end === 'rst' &&
      direct.end !== 'open' &&
      report !== 'without address' &&
      report?.decision === 'forward',
  },
  {
    name: 'close_notify-crossed',
    why: 'The client closed, or was still writing, while it was refused: what it sends after the broker’s close is answered by the kernel with a reset, and what it had not read is lost.',
    aspects: ['octets', 'end', 'close_notify'],
    happened: (script, direct, proxied) =>
      isSecured(script) &&
      writes(script) > 1 &&
      [direct, proxied].every(({ end }) => end === 'rst' || end === 'fin') &&
      (direct.received.startsWith(proxied.received) || proxied.received.startsWith(direct.received)),
  },
];

/** Clients of a TLS port: without TLS, with a bad hello, and with scripts inside TLS. */
export const tls: Family = {
  scriptOf,
  open: (subject, options) =>
    brokerVenue(subject, options, together(options, playOne(subject)), {
      tlsFiles: { cert: pemPath('server'), key: pemPath('server-key'), ca: null },
    }),
  lacks: ({ tls: target }) => (target === undefined ? 'no --tls' : undefined),
  races: [...TLS_RACES, ...RACES],
  ignored: (script) => ((script as TlsScript).secured ? [] : ['decision', 'reason']),
};
