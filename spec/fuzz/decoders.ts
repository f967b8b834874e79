import { isDeepStrictEqual } from 'node:util';
import { Amqp10FrameReader } from '../../lib/amqp/amqp10-frame.js';
import { decodeAmqp10 } from '../../lib/amqp/amqp10-value.js';
import { ACCEPTED, step } from '../../lib/amqp/classifier.js';
import { decodeMethod } from '../../lib/amqp/connection-methods.js';
import { dialectOf, generationName, generations } from '../../lib/amqp/dialect.js';
import { decodeFieldTable, encodeFieldTable } from '../../lib/amqp/field-table.js';
import { Follower } from '../../lib/amqp/follower.js';
import { FrameReader } from '../../lib/amqp/frame-reader.js';
import { looksLike } from '../../lib/amqp/looks-like.js';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { DECISIVE, decodeHeader } from '../../lib/proxy-protocol/decode.js';
import { reportOf } from '../../lib/report/report-of.js';
import { classify } from '../../lib/rules/classify.js';
import { ClientHelloReader, readClientHello } from '../../lib/tls/client-hello.js';
import { ERLANG_TLS } from '../../lib/tls/erlang-tls.js';
import { judge } from '../../lib/tls/first-octets.js';
import { BY_SHARE, type Kind } from '../conformance/kind.js';
import type { Random } from '../conformance/random.js';
import { clientHello, concat, proxyV1 } from '../support/bytes.js';
import { factsOf } from '../support/report.js';
import { helloFor, malicious, nested, nested10, number, randomTable, SECRET, talk } from './handshakes.js';
import { mutate, toHex } from './octets.js';
import { proxyHeader } from './proxy-headers.js';

/** Octets of one side. */
export interface Chunk {
  readonly from: 'client' | 'upstream';
  readonly octets: Uint8Array;
}

/** A decoder, with the input for it and what must be true of its output. */
interface Decoder {
  readonly input: (random: Random) => readonly Chunk[];
  /** Returns a problem, null if there is none. May throw, which is a problem too. */
  readonly check: (chunks: readonly Chunk[]) => string | null;
}

const ofClient = (octets: Uint8Array): readonly Chunk[] => [{ from: 'client', octets }];
const octetsOf = (chunks: readonly Chunk[]): Uint8Array => concat(...chunks.map(({ octets }) => octets));
const maybe = (random: Random, octets: Uint8Array): Uint8Array =>
  random.chance(0.75) ? mutate(random, octets) : octets;

const DIALECTS = generations().map((version) => dialectOf(generationName(version)));

/** Compares what chunks lead to with what all octets at once lead to. */
function same(chunks: readonly Chunk[], read: (chunks: readonly Uint8Array[]) => unknown): string | null {
  const pieces = read(chunks.map(({ octets }) => octets));
  const whole = read([octetsOf(chunks)]);
  return isDeepStrictEqual(pieces, whole) ? null : `in pieces ${show(pieces)}, at once ${show(whole)}`;
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    typeof each === 'bigint' ? `${each}n` : each instanceof Uint8Array ? toHex(each) : each,
  )?.slice(0, 800) ?? 'undefined';

/** Returns the result, or the message of the documented error. */
function decoded<Value>(decode: () => Value): { readonly value: Value } | { readonly error: string } {
  try {
    return { value: decode() };
  } catch (error) {
    if (error instanceof MalformedError) return { error: error.message };
    throw error;
  }
}

/** Both sides of a conversation, mutated, in an order that a network could deliver. */
function conversation(random: Random): readonly Chunk[] {
  const { client, broker } = talk(random);
  const mixed = client.flatMap((octets, at): Chunk[] => [
    { from: 'client', octets },
    ...(broker[at] === undefined ? [] : [{ from: 'upstream' as const, octets: broker[at] }]),
  ]);
  return mixed.flatMap((chunk): Chunk[] => {
    const at = random.fraction();
    if (at < 0.05) return [];
    if (at < 0.1) return [chunk, chunk];
    if (at < 0.2 && chunk.from === 'upstream') return [{ from: 'upstream', octets: malicious(random) }];
    // The login is not changed: a secret in another field is no secret.
    return [
      at < 0.35 && !toHex(chunk.octets).includes(toHex(Buffer.from(SECRET)))
        ? { ...chunk, octets: mutate(random, chunk.octets) }
        : chunk,
    ];
  });
}

/** The state of a follower, for a comparison. */
function followed(chunks: readonly Chunk[], dialect: (typeof DIALECTS)[number]) {
  const passed: string[] = [];
  const follower = new Follower(dialect, (name) => passed.push(name));
  for (const { from, octets } of chunks) {
    // The chunk is reused, as read buffers are.
    const buffer = octets.slice();
    if (from === 'client') follower.fromClient(buffer);
    else follower.fromUpstream(buffer);
    buffer.fill(0);
  }
  const { stage, answer, unreadable, opened, conversation: of } = follower;
  const {
    handshake,
    hasStart,
    hasStartOk,
    pending,
    sleep,
    failure,
    broken,
    refusedOpen,
    close,
    brokerError,
    callback,
  } = of ?? ({} as Partial<NonNullable<typeof of>>);
  return {
    passed,
    stage,
    answer,
    unreadable,
    opened,
    handshake,
    hasStart,
    hasStartOk,
    pending,
    sleep,
    failure,
    broken,
    refusedOpen,
    close,
    brokerError,
    callback,
  };
}

/** Joins neighboring chunks of a side. */
function joined(chunks: readonly Chunk[]): readonly Chunk[] {
  const all: Chunk[] = [];
  for (const chunk of chunks) {
    const last = all.at(-1);
    if (last?.from === chunk.from)
      all[all.length - 1] = { from: chunk.from, octets: concat(last.octets, chunk.octets) };
    else all.push(chunk);
  }
  return all;
}

export const DECODERS = {
  'frame reader': {
    input: (random) => ofClient(maybe(random, concat(...talk(random).client.slice(1)))),
    check: (chunks) =>
      same(chunks, (pieces) => {
        const reader = new FrameReader({ maxPayload: 131_072 });
        const frames = pieces.flatMap((piece) => {
          const buffer = piece.slice();
          const read = reader.read(buffer).map(({ payload, ...facts }) => ({ ...facts, payload: payload.slice() }));
          buffer.fill(0);
          return read;
        });
        return { frames, problem: reader.problem?.name };
      }),
  },
  'AMQP 1.0 frame reader': {
    input: (random) => ofClient(maybe(random, concat(...talk(random).client.slice(1)))),
    check: (chunks) =>
      same(chunks, (pieces) => {
        const reader = new Amqp10FrameReader('amqp', ({ size }) => (size > 8_192 ? 'stop' : 'frame'));
        const frames = pieces.flatMap((piece) => {
          const all = [];
          for (let [frame, rest] = reader.next(piece); frame; [frame, rest] = reader.next(rest)) {
            all.push({ ...frame, body: frame.body.slice() });
          }
          return all;
        });
        return { frames, isLost: reader.isLost };
      }),
  },
  'field table': {
    input: (random) =>
      ofClient(
        maybe(
          random,
          random.chance(0.7)
            ? randomTable(random)
            : ((content) => concat(number(4, content.length), content))(
                nested(random.pick([30, 32, 33, 2_000]), random.pick(['F', 'A'])),
              ),
        ),
      ),
    check: (chunks) => {
      const first = decoded(() => decodeFieldTable(octetsOf(chunks)));
      if ('error' in first) return null;
      const again = decodeFieldTable(encodeFieldTable(first.value));
      return isDeepStrictEqual(first.value, again)
        ? null
        : `decoded ${show([...first.value])}, encoded and decoded ${show([...again])}`;
    },
  },
  method: {
    input: (random) => {
      const { client, broker } = talk(random);
      const messages = [...client.slice(1), ...broker, malicious(random)] as unknown as [Uint8Array, ...Uint8Array[]];
      return ofClient(maybe(random, random.pick(messages).subarray(7, -1)));
    },
    check: (chunks) => {
      decoded(() => decodeMethod(octetsOf(chunks)));
      return null;
    },
  },
  'AMQP 1.0 value': {
    input: (random) => {
      const { client } = talk(random);
      const body = random.pick(client as [Uint8Array, ...Uint8Array[]]).subarray(8);
      return ofClient(maybe(random, random.chance(0.2) ? nested10(random.pick([31, 32, 33, 3_000])) : body));
    },
    check: (chunks) => {
      decoded(() => decodeAmqp10(octetsOf(chunks)));
      return null;
    },
  },
  'PROXY header': {
    input: (random) => ofClient(maybe(random, concat(proxyHeader(random), random.octets(random.between(0, 20))))),
    check: (chunks) => {
      const octets = octetsOf(chunks).subarray(0, DECISIVE);
      const final = decodeHeader(octets);
      for (let length = 0; length < octets.length; length++) {
        const early = decodeHeader(octets.subarray(0, length));
        if (early.type === 'undecided' || early.type === 'incomplete' || isDeepStrictEqual(early, final)) continue;
        return `after ${length} octets ${show(early)}, after ${octets.length} ${show(final)}`;
      }
      return null;
    },
  },
  ClientHello: {
    input: (random) =>
      ofClient(
        maybe(
          random,
          random.pick([
            clientHello(),
            helloFor(random.octets(random.pick([0, 1, 255, 300]))),
            helloFor(Buffer.from('broker.example'), Buffer.from('amqp')),
          ]),
        ),
      ),
    check: (chunks) => {
      const octets = octetsOf(chunks);
      readClientHello(octets);
      return same(chunks, (pieces) => {
        const reader = new ClientHelloReader();
        for (const piece of pieces) reader.add(piece);
        return reader.hello;
      });
    },
  },
  'first octets of TLS': {
    input: (random) => ofClient(maybe(random, clientHello())),
    check: (chunks) => {
      const octets = octetsOf(chunks);
      for (const otp of [23, 25, 27] as const) {
        const final = judge(octets, ERLANG_TLS[otp]);
        for (let length = 0; length < Math.min(octets.length, 300); length++) {
          const early = judge(octets.subarray(0, length), ERLANG_TLS[otp]);
          if (early.type !== 'wait' && early.type !== final.type)
            return `OTP ${otp}: after ${length} octets ${show(early)}, at the end ${show(final)}`;
        }
      }
      return null;
    },
  },
  classifier: {
    input: (random) => {
      const [, , octets] = random.pick(BY_SHARE as [Kind, ...Kind[]]);
      return ofClient(random.chance(0.1) ? proxyV1() : octets(random));
    },
    check: (chunks) => {
      for (const dialect of DIALECTS) {
        const rules = { dialect, amqp10: false, undecided: [] };
        const octets = octetsOf(chunks);
        for (const end of [undefined, 'fin', 'rst', 'timeout'] as const) classify(octets, end, rules);
        looksLike(octets);
        const different = same(chunks, (pieces) =>
          pieces.reduce((state, octets) => step(state, { type: 'data', octets }, rules), ACCEPTED),
        );
        if (different !== null) return `${dialect.name}: ${different}`;
      }
      return null;
    },
  },
  follower: {
    input: conversation,
    check: (chunks) => {
      for (const dialect of [DIALECTS[0], DIALECTS.at(-1)] as [(typeof DIALECTS)[number], (typeof DIALECTS)[number]]) {
        const pieces = followed(chunks, dialect);
        const whole = followed(joined(chunks), dialect);
        if (!isDeepStrictEqual(pieces, whole))
          return `${dialect.name}: in pieces ${show(pieces)}, at once ${show(whole)}`;
        const { handshake = null, close = null, failure, broken, refusedOpen } = pieces;
        for (const reason of [failure, broken, refusedOpen]) {
          const report = JSON.stringify(
            reportOf(factsOf({ dialect, handshake, connectionClose: close, ...(reason ? { reason } : {}) })),
          );
          if (report.includes(SECRET)) return `the password is in the report: ${report}`;
          if (report.includes([...Buffer.from(SECRET)].join(',')))
            return `the password is in the report, in decimals: ${report}`;
        }
      }
      return null;
    },
  },
} as const satisfies Readonly<Record<string, Decoder>>;

export type DecoderName = keyof typeof DECODERS;
