import { decodeMethod } from '../amqp/connection-methods.js';
import { textOf } from '../amqp/field-table.js';
import { FRAME_HEADER_LENGTH } from '../amqp/frame.js';
import { quadOf, toText } from '../amqp/header.js';
import { MalformedError } from '../amqp/malformed-error.js';
import { isAnswered, methodFrameSize } from './answer.js';
import type { ProbeCase } from './cases.js';
import { describeOctets } from './describe-octets.js';
import { endsAfterSilence, fitsFrame, fitsHeader, frameOutcome, GENERATIONS, nameOf } from './generation.js';
import { FRAME_CASES, type FrameCase, GOOD_CASE, HEADER_CASES } from './identifying-cases.js';
import type { ProbeResult } from './play.js';

/** What a server is, told from how it refuses. */
export interface Identity {
  readonly rabbitmq: boolean;
  readonly kind: Kind;
  /** For people: `RabbitMQ 4.0`, `not RabbitMQ: an HTTP server`. */
  readonly name: string;
  /** How it ends refused connections; `mixed`: some so and some so; null: it ended none. */
  readonly close: 'rst' | 'fin' | 'mixed' | null;
  readonly evidence: readonly Evidence[];
  /** What else was seen, and what may mislead; sentences. */
  readonly remarks: readonly string[];
}

type Kind =
  | 'rabbitmq'
  /** Refuses headers as RabbitMQ and ends a frame that is too large as rabbit-snare's stand-in does. */
  | 'stand-in'
  /** Speaks AMQP. */
  | 'amqp'
  | 'tls'
  | 'http'
  | 'echo'
  /** Says something before the client does. */
  | 'speaks first'
  | 'proxy protocol'
  /** Ends all connections at once, without an octet. */
  | 'closes'
  | 'mute'
  | 'other';

/** A case, what came of it, and a sentence on what that says. */
export interface Evidence extends ProbeResult {
  readonly sentence: string;
}

/** What is due at once comes within this, in ms. */
const AT_ONCE = 1_500;

type Observations = ReadonlyMap<string, ProbeResult>;

/**
 * The identity that follows from what was seen.
 *
 * @param results of all HEADER_CASES and FRAME_CASES, each watched for longer than 3 s
 */
export function identityOf(results: readonly ProbeResult[]): Identity {
  const seen: Observations = new Map(results.map((result) => [result.case, result]));
  const evidence = [...HEADER_CASES, ...Object.values(FRAME_CASES)].map((each) => evidenceOf(each, seen));
  return { ...judge(seen), close: closeOf(seen), evidence };
}

type Judgement = Pick<Identity, 'rabbitmq' | 'kind' | 'name' | 'remarks'>;

function judge(seen: Observations): Judgement {
  const { octets, result } = reader(seen);
  const all = [...seen.values()];
  const answers = all.map(({ received }) => Buffer.from(received, 'hex')).filter(({ length }) => length > 0);
  const text = (name: string) => `'${toText(octets(name).subarray(0, 40))}'`;
  if (answers.length === 0) return judgeSilent(seen);
  // Before TLS: it sends a ClientHello back, too.
  if (octets('lowercase').equals(Buffer.from(result('lowercase').sent, 'hex'))) {
    return no('echo', 'it sends back what it is sent');
  }
  if (answers.some(isTls)) {
    return no('tls', 'a TLS server', 'What speaks behind TLS was not asked: it may be a RabbitMQ.');
  }
  if (answers.some((answer) => answer.toString('latin1', 0, 5) === 'HTTP/')) return no('http', 'an HTTP server');
  if (octets('silence').length > 0) {
    return no('speaks first', `a server that speaks first: ${text('silence')}`);
  }
  if (answers.some((answer) => quadOf(answer) || isAnswered(answer))) return judgeAmqp(seen);
  const first = HEADER_CASES.find(({ name }) => octets(name).length > 0)?.name ?? FRAME_CASES.huge.name;
  return no('other', `a server that answers ${text(first)} to ${first}`);
}

/** Of a server from which no octet came. */
function judgeSilent(seen: Observations): Judgement {
  const { result } = reader(seen);
  const silence = result('silence');
  const headers = [result('lowercase'), result(GOOD_CASE.name), result('http-get')];
  const endsAtOnce = ({ end, ms }: ProbeResult) => end !== 'open' && ms < AT_ONCE;
  if (headers.every(endsAtOnce)) {
    if (endsAtOnce(silence)) {
      return no('closes', 'it accepts and closes at once, as a balancer does that has no server');
    }
    if (endsAfterSilence(silence)) {
      return no('proxy protocol', 'it wants a PROXY header, as RabbitMQ 3.7 or later does with proxy_protocol = true');
    }
    return no('closes', 'it closes at once who sends something, without an octet');
  }
  if (headers.every(({ end }) => end !== 'open')) {
    const { ms } = result(GOOD_CASE.name);
    const when = `after ${(ms / 1000).toFixed(1)} s without an octet`;
    return no('closes', `it closes ${when}, as a balancer does that cannot reach its server`);
  }
  return no(
    'mute',
    'it accepts and says nothing',
    'A RabbitMQ that is stopped, or whose limit of connections (ranch_connection_max) is reached, is mute, too.',
  );
}

/** Of a server that says something of AMQP. */
function judgeAmqp(seen: Observations): Judgement {
  const { octets, result } = reader(seen);
  const remarks = [...remarkOnStart(octets(GOOD_CASE.name)), ...remarkOnTimeout(result('silence'))];
  const fitting = GENERATIONS.filter((generation) =>
    HEADER_CASES.every((header) => fitsHeader(header, result(header.name), generation)),
  );
  if (fitting.length === 0) {
    const isEarly = octets('partial-silence').length > 0;
    return no(
      'amqp',
      'another AMQP broker, or something in front of one',
      misfits(seen),
      ...(isEarly ? ['It refuses before the eighth octet, as LavinMQ does.'] : []),
      ...remarks,
    );
  }
  const outcome = (name: string) => frameOutcome(result(name), result('silence'));
  const huge = outcome(FRAME_CASES.huge.name);
  if (huge === 'ended early') {
    const but = 'but ends at once who announces too large a frame';
    return no(
      'stand-in',
      `the stand-in of rabbit-snare, most likely: it refuses headers as ${nameOf(fitting)}, ${but}`,
      ...remarks,
    );
  }
  if (huge === 'other') {
    return no('amqp', `it refuses headers as ${nameOf(fitting)}, but not who announces too large a frame`, ...remarks);
  }
  const large = outcome(FRAME_CASES.large.name);
  // Without any limit the large frame says nothing.
  const exact = huge === 'waits' ? [] : fitting.filter((each) => fitsFrame(FRAME_CASES.large.announces, large, each));
  if (exact.length > 1) remarks.push('With that handshake timeout 4.0 and later versions cannot be told apart.');
  if (exact.length === 0) remarks.push('Its initial_frame_max is not the default.');
  const name = nameOf(exact.length === 0 ? fitting : exact);
  return { rabbitmq: true, kind: 'rabbitmq', name, remarks };
}

const no = (kind: Kind, what: string, ...remarks: readonly string[]): Judgement => ({
  rabbitmq: false,
  kind,
  name: `not RabbitMQ: ${what}`,
  remarks,
});

/** A result by its case's name. */
function reader(seen: Observations) {
  const result = (name: string): ProbeResult => {
    const found = seen.get(name);
    if (!found) throw new RangeError(`the case ${name} was not played`);
    return found;
  };
  return { result, octets: (name: string) => Buffer.from(result(name).received, 'hex') };
}

/** What keeps it from being one of the generations that fit best. */
function misfits(seen: Observations): string {
  const { result } = reader(seen);
  const all = GENERATIONS.map((generation) => ({
    generation,
    cases: HEADER_CASES.filter((each) => !fitsHeader(each, result(each.name), generation)).map(({ name }) => name),
  }));
  const fewest = Math.min(...all.map(({ cases }) => cases.length));
  const nearest = all.filter(({ cases }) => cases.length === fewest);
  const cases = new Set(nearest.flatMap((each) => each.cases));
  return `Nearest to it is ${nameOf(nearest.map(({ generation }) => generation))}, but for ${[...cases].join(', ')}.`;
}

function remarkOnStart(octets: Buffer): string[] {
  const size = methodFrameSize(octets);
  if (size === undefined || octets.length < size) return [];
  try {
    const method = decodeMethod(octets.subarray(FRAME_HEADER_LENGTH, size - 1));
    if (method.name !== 'connection.start') return [];
    const said = ['product', 'version'].map((key) => textOf(method.serverProperties, key)).filter((each) => each);
    // Whoever answers may say anything: it goes to a terminal.
    const shown = toText(Buffer.from(said.join(' ')).subarray(0, 80));
    return said.length > 0 ? [`It calls itself ${shown}; that was not relied on.`] : [];
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

function remarkOnTimeout({ end, ms }: ProbeResult): string[] {
  return end === 'open' ? [] : [`Its handshake timeout is ${(ms / 1000).toFixed(1)} s.`];
}

function isTls([type = 0, major]: Buffer): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}

function closeOf(seen: Observations): Identity['close'] {
  const closes = new Set([...seen.values()].map(({ end }) => end).filter((end) => end !== 'open'));
  const [first] = closes;
  return closes.size > 1 ? 'mixed' : (first ?? null);
}

function evidenceOf(probeCase: ProbeCase | FrameCase, seen: Observations): Evidence {
  const result = reader(seen).result(probeCase.name);
  const octets = Buffer.from(result.received, 'hex');
  const ended = result.end === 'open' ? 'left open' : `${result.end} after ${result.ms.toFixed(1)} ms`;
  const got = octets.length === 0 ? ended : `${describeOctets(octets)}, ${ended}`;
  return { ...result, sentence: `${probeCase.name} (${probeCase.what}): ${got}; ${meaning(probeCase, seen)}.` };
}

/** Which generations do that. */
function meaning(probeCase: ProbeCase | FrameCase, seen: Observations): string {
  const { result } = reader(seen);
  const observed = result(probeCase.name);
  const doing = GENERATIONS.filter((generation) =>
    'announces' in probeCase
      ? fitsFrame(probeCase.announces, frameOutcome(observed, result('silence')), generation)
      : fitsHeader(probeCase, observed, generation),
  );
  if (doing.length === 0) return 'no RabbitMQ does that';
  return doing.length === GENERATIONS.length ? 'so does every RabbitMQ' : `so does ${nameOf(doing)}`;
}
