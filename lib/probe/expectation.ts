import { ACCEPTED, type HeaderRules, step } from '../amqp/classifier.js';
import { FRAME_TYPE } from '../amqp/frame.js';
import { HEADER_LENGTH, isAmqp10, protocolHeader, type Quad, toHex } from '../amqp/header.js';
import { methodFrameSize, saslSize } from './answer.js';
import type { ProbeCase } from './cases.js';
import { describeOctets } from './describe-octets.js';
import type { ProbeResult } from './play.js';

/** The expected outcome of a case for a server with certain header rules. */
export interface Expectation {
  readonly answer: Answer;
  readonly end: End;
  readonly when: 'at once' | 'at the handshake timeout';
  /** When the connection ends, or how long it is watched if it stays open; in ms, inclusive. */
  readonly ms: readonly [least: number, most: number];
}

export type Answer =
  | {
      readonly type: 'octets';
      readonly octets: Uint8Array;
      /** If the client still writes when it is refused, the reset can discard octets that it has not read. */
      readonly mayBeLost: boolean;
    }
  /** Connection.Start with this version. Its other fields are ignored. */
  | { readonly type: 'connection.start'; readonly version: readonly [major: number, minor: number] }
  /** The AMQP 1.0 header with SASL, and a SASL frame with any content. */
  | { readonly type: 'sasl' };

/** `closed`: by FIN or reset. `any`: closed or still open. */
type End = ProbeResult['end'] | 'closed' | 'any';

/** A key of a result that is not as expected. */
export type Aspect = 'sent' | 'received' | 'end' | 'ms';

/** The behavior of a server that does not depend on the header rules. */
export interface Behaviour {
  /** How the server closes TCP; `closed` if that is not known. */
  readonly close: 'rst' | 'fin' | 'closed';
  /** In ms; null if it is not known. */
  readonly handshakeTimeout: number | null;
}

/** Maximum delay after the expected time, in ms, for busy machines. */
const LATE = 1_500;

/** Maximum time before the handshake timeout, in ms: the timeout of the server starts before the client is connected. */
const EARLY = 500;

/** Maximum error of a wait of the client, in ms. */
const ROUNDED = 10;

/** In Connection.Start, RabbitMQ names 0-9-1 version 0-9, and both headers of 0-8 version 8-0. */
const ZERO_NINE = [0, 9] as const;
const ZERO_EIGHT = [8, 0] as const;

/** Returns what a client should observe, given the classifier's verdict on the steps of a case. */
export function expectationOf({ steps }: ProbeCase, rules: HeaderRules, behaviour: Behaviour): Expectation {
  const { close, handshakeTimeout } = behaviour;
  let state = ACCEPTED;
  let [waited, sent] = [0, 0];
  for (const each of steps) {
    if (state.verdict.type !== 'wait') break;
    if (each === 'fin') state = step(state, { type: 'end' }, rules);
    else if ('wait' in each) waited += each.wait;
    else {
      state = step(state, { type: 'data', octets: each.send }, rules);
      sent += each.send.length;
    }
  }
  const late = handshakeTimeout === null ? LATE : Math.min(LATE, handshakeTimeout / 2);
  const atOnce = { when: 'at once', ms: [Math.max(0, waited - ROUNDED), waited + late] } as const;
  const atTimeout = { when: 'at the handshake timeout', ...timeout(behaviour) } as const;
  if (state.verdict.type === 'wait') {
    state = step(state, { type: 'timeout' }, rules);
    return { answer: octetsOf(state.verdict, false), ...atTimeout };
  }
  if (state.verdict.type !== 'forward') {
    return { answer: octetsOf(state.verdict, sent > HEADER_LENGTH), end: close, ...atOnce };
  }
  const { quad } = state.verdict;
  // Without SASL, the server sends its own header and waits for `open`.
  if (isAmqp10(quad) && quad[0] === 0) {
    return { answer: { type: 'octets', octets: protocolHeader(...quad), mayBeLost: false }, ...atTimeout };
  }
  return { answer: answerTo(quad), end: 'open', ...atOnce };
}

function timeout({ close, handshakeTimeout }: Behaviour): Pick<Expectation, 'end' | 'ms'> {
  if (handshakeTimeout === null) return { end: 'any', ms: [0, Number.POSITIVE_INFINITY] };
  return { end: close, ms: [handshakeTimeout - Math.min(EARLY, handshakeTimeout / 4), handshakeTimeout + LATE] };
}

function octetsOf(verdict: ReturnType<typeof step>['verdict'], mayBeLost: boolean): Answer {
  const octets = verdict.type === 'refuse' ? verdict.farewell : new Uint8Array(0);
  return { type: 'octets', octets, mayBeLost };
}

/** The first answer of a server to a header that it accepts. */
function answerTo(quad: Quad): Answer {
  if (isAmqp10(quad)) return { type: 'sasl' };
  const isZeroEight = quad[0] === 1 && quad[2] !== 0;
  return { type: 'connection.start', version: isZeroEight ? ZERO_EIGHT : ZERO_NINE };
}

/** Returns the keys of a result that are not as expected. */
export function differences(result: ProbeResult, expected: Expectation, { steps }: ProbeCase): readonly Aspect[] {
  const { answer, end, ms } = expected;
  const sent = steps.map((each) => (each !== 'fin' && 'send' in each ? toHex(each.send) : '')).join('');
  const aspects: readonly (readonly [Aspect, boolean])[] = [
    ['sent', result.sent === sent],
    ['received', isAnswer(result, answer)],
    ['end', isEnd(result.end, end)],
    ['ms', result.ms >= ms[0] && result.ms <= ms[1]],
  ];
  return aspects.filter(([, same]) => !same).map(([aspect]) => aspect);
}

function isEnd(end: ProbeResult['end'], expected: End): boolean {
  return expected === 'any' || end === expected || (expected === 'closed' && end !== 'open');
}

function isAnswer({ received, end }: ProbeResult, answer: Answer): boolean {
  const octets = Buffer.from(received, 'hex');
  switch (answer.type) {
    case 'octets': {
      const expected = toHex(answer.octets);
      return answer.mayBeLost && end === 'rst' ? expected.startsWith(received) : received === expected;
    }
    case 'connection.start':
      return isStart(octets, answer.version);
    case 'sasl':
      return (
        received.startsWith(toHex(protocolHeader(3, 1, 0, 0))) &&
        (saslSize(octets.subarray(HEADER_LENGTH)) ?? Number.POSITIVE_INFINITY) <= octets.length
      );
    default:
      return answer satisfies never;
  }
}

/** Whether the octets begin with a complete frame on channel 0 with method 10, 10 and the version. */
function isStart(octets: Buffer, [major, minor]: readonly [number, number]): boolean {
  const size = methodFrameSize(octets);
  if (size === undefined || octets.length < size) return false;
  const [type, high, low] = octets;
  const method = [0, 10, 0, 10, major, minor];
  return type === FRAME_TYPE.method && high === 0 && low === 0 && method.every((octet, at) => octets[7 + at] === octet);
}

/** Describes an expectation: `AMQP 0 0 9 1, then rst at once`. */
export function describeExpectation({ answer, end, when }: Expectation): string {
  if (end === 'open') return describeAnswer(answer);
  const ended = `${end} ${when}`;
  return answer.type === 'octets' && answer.octets.length === 0 ? ended : `${describeAnswer(answer)}, then ${ended}`;
}

/** Describes an answer as in the table. */
export function describeAnswer(answer: Answer): string {
  switch (answer.type) {
    case 'octets':
      return describeOctets(answer.octets);
    case 'connection.start':
      return `Connection.Start ${answer.version.join('-')}`;
    case 'sasl':
      return 'AMQP 3 1 0 0, SASL frame';
    default:
      return answer satisfies never;
  }
}
