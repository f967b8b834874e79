import { ACCEPTED, type HeaderRules, step } from '../amqp/classifier.js';
import { FRAME_TYPE } from '../amqp/frame.js';
import { HEADER_LENGTH, isAmqp10, protocolHeader, type Quad, toHex } from '../amqp/header.js';
import { methodFrameSize, saslSize } from './answer.js';
import type { ProbeCase } from './cases.js';
import { describeOctets } from './describe-octets.js';
import type { ProbeResult } from './play.js';

/** What a client of a case should see of a server that runs certain header rules. */
export interface Expectation {
  readonly answer: Answer;
  readonly end: End;
  readonly when: 'at once' | 'at the handshake timeout';
  /** When the connection should end, or how long it may be watched if it should not; in ms, both ends included. */
  readonly ms: readonly [least: number, most: number];
}

export type Answer =
  | {
      readonly type: 'octets';
      readonly octets: Uint8Array;
      /** A client that still writes when it is refused may lose octets to the reset. */
      readonly mayBeLost: boolean;
    }
  /** Connection.Start, whatever it says besides the version. */
  | { readonly type: 'connection.start'; readonly version: readonly [major: number, minor: number] }
  /** The header of AMQP 1.0 with SASL and a SASL frame, whatever it says. */
  | { readonly type: 'sasl' };

/** `closed`: by a FIN or a reset, whichever. `any`: closed or still open. */
type End = ProbeResult['end'] | 'closed' | 'any';

/** What in a result is not as expected. */
export type Aspect = 'sent' | 'received' | 'end' | 'ms';

/** What `expectationOf` must know besides the rules. */
export interface Behaviour {
  /** How the server ends TCP; `closed` when that is not known. */
  readonly close: 'rst' | 'fin' | 'closed';
  /** ms; null when it is not known. */
  readonly handshakeTimeout: number | null;
}

/** How much later than it is due something may come, in ms: a busy machine is late. */
const LATE = 1_500;

/** How much earlier than the handshake timeout, in ms: the server may have seen the connect first. */
const EARLY = 500;

/** By how much a wait of our own may seem too short, in ms. */
const ROUNDED = 10;

/** RabbitMQ calls 0-9-1 version 0-9, and both spellings of 0-8 version 8-0. */
const ZERO_NINE = [0, 9] as const;
const ZERO_EIGHT = [8, 0] as const;

/** What the classifier's verdict over the steps of a case looks like from the client's side. */
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
  // Without SASL the server says its own header and waits for `open`.
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

/** Connection.Start, or SASL: what a server says first to a header that it accepts. */
function answerTo(quad: Quad): Answer {
  if (isAmqp10(quad)) return { type: 'sasl' };
  const isZeroEight = quad[0] === 1 && quad[2] !== 0;
  return { type: 'connection.start', version: isZeroEight ? ZERO_EIGHT : ZERO_NINE };
}

/** What of a result is not as expected; empty when all of it is. */
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

/** A whole frame on channel 0 that begins as method 10, 10 with the version does. */
function isStart(octets: Buffer, [major, minor]: readonly [number, number]): boolean {
  const size = methodFrameSize(octets);
  if (size === undefined || octets.length < size) return false;
  const [type, high, low] = octets;
  const method = [0, 10, 0, 10, major, minor];
  return type === FRAME_TYPE.method && high === 0 && low === 0 && method.every((octet, at) => octets[7 + at] === octet);
}

/** What is expected, in a few words: `AMQP 0 0 9 1, then rst at once`. */
export function describeExpectation({ answer, end, when }: Expectation): string {
  if (end === 'open') return describeAnswer(answer);
  const ended = `${end} ${when}`;
  return answer.type === 'octets' && answer.octets.length === 0 ? ended : `${describeAnswer(answer)}, then ${ended}`;
}

/** An answer, in the words of the table. */
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
