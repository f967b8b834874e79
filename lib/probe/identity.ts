import { decodeMethod } from '../amqp/connection-methods.js';
import { dialectOf } from '../amqp/dialect.js';
import { textOf } from '../amqp/field-table.js';
import { FRAME_HEADER_LENGTH } from '../amqp/frame.js';
import { quadOf, toText } from '../amqp/header.js';
import { MalformedError } from '../amqp/malformed-error.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { isAnswered, methodFrameSize } from './answer.js';
import type { ProbeCase } from './cases.js';
import { describeOctets } from './describe-octets.js';
import { differences, expectationOf } from './expectation.js';
import { FRAME_CASES, GOOD_CASE, HEADER_CASES, LARGE } from './identifying-cases.js';
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

/** The generations that can be told apart, each by a version of it. */
const GENERATIONS = [
  { name: 'RabbitMQ 3.x (3.6 to 3.13), without the AMQP 1.0 plugin', dialect: '3.13', amqp10: 'off' },
  { name: 'RabbitMQ 3.x (3.6 to 3.13), with the AMQP 1.0 plugin', dialect: '3.13', amqp10: 'on' },
  { name: 'RabbitMQ 4.0', dialect: '4.0', amqp10: 'on' },
  { name: 'RabbitMQ 4.1 or later', dialect: '4.1', amqp10: 'on' },
] as const;

type Generation = (typeof GENERATIONS)[number];

/** After how long RabbitMQ ends who announced too large a frame, in ms, on a machine that may be busy. */
const SILENCE = [2_900, 3_650] as const;

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
  if (octets('silence').length > 0) {
    return no('speaks first', `a server that speaks first: ${text('silence')}`);
  }
  if (answers.length === 0) return judgeSilent(seen);
  if (octets('lowercase').equals(Buffer.from(result('lowercase').sent, 'hex'))) {
    return no('echo', 'it sends back what it is sent');
  }
  if (answers.some(isTls)) {
    return no('tls', 'a TLS server', 'What speaks behind TLS was not asked: it may be a RabbitMQ.');
  }
  if (answers.some((answer) => answer.toString('latin1', 0, 5) === 'HTTP/')) return no('http', 'an HTTP server');
  if (answers.some((answer) => quadOf(answer) || isAnswered(answer))) return judgeAmqp(seen);
  const first = HEADER_CASES.find(({ name }) => octets(name).length > 0)?.name ?? FRAME_CASES.huge.name;
  return no('other', `a server that answers ${text(first)} to ${first}`);
}

/** Of a server from which no octet came. */
function judgeSilent(seen: Observations): Judgement {
  const { result } = reader(seen);
  const endsAtOnce = ({ end, ms }: ProbeResult) => end !== 'open' && ms < AT_ONCE;
  if ([...seen.values()].every(endsAtOnce)) {
    return no('closes', 'it accepts and closes at once, as a balancer does that has no server');
  }
  const headers = [result('lowercase'), result(GOOD_CASE.name), result('http-get')];
  if (headers.every(endsAtOnce) && isSilentRefusal(result('silence'))) {
    return no('proxy protocol', 'it wants a PROXY header, as RabbitMQ 3.7 or later does with proxy_protocol = true');
  }
  if (headers.every(({ end }) => end === 'open')) {
    return no(
      'mute',
      'it accepts and says nothing',
      'A RabbitMQ that has stopped, or whose limit of connections (ranch_connection_max) is reached, is mute, too.',
    );
  }
  return no('closes', 'it closes without an octet');
}

/** Of a server that says something of AMQP. */
function judgeAmqp(seen: Observations): Judgement {
  const { octets, result } = reader(seen);
  const fitting = GENERATIONS.filter((each) => HEADER_CASES.every((header) => fits(header, seen, each)));
  const huge = result(FRAME_CASES.huge.name);
  const remarks = [...remarkOnStart(octets(GOOD_CASE.name)), ...remarkOnTimeout(result('silence'))];
  const [first] = fitting;
  if (!first) {
    const early = octets('partial-silence').length > 0;
    return no(
      'amqp',
      'another AMQP broker, or something in front of one',
      `Its refusals are of no RabbitMQ: ${misfits(seen)}.`,
      ...(early ? ['It refuses before the eighth octet, as LavinMQ does.'] : []),
      ...remarks,
    );
  }
  if (!isSilentRefusal(huge)) {
    const refuses = `it refuses headers as ${groupName(fitting)}, but a frame that is too large otherwise`;
    if (huge.end !== 'open' && huge.ms < AT_ONCE) {
      return no('stand-in', `${refuses}: the stand-in of rabbit-snare, most likely`, ...remarks);
    }
    return no('amqp', refuses, 'With initial_frame_max = 0 a RabbitMQ would do so, too.', ...remarks);
  }
  const isTimeout = isSilentRefusal(result('silence'));
  if (isTimeout && fitting.length > 1) {
    remarks.push('Its handshake timeout is about 3 s, which hides what tells 4.0 and later versions apart.');
  }
  const limited = isTimeout ? fitting : fitting.filter((each) => fitsLimit(result(FRAME_CASES.large.name), each));
  if (limited.length === 0) remarks.push('Its initial_frame_max is not the default of that version.');
  return { rabbitmq: true, kind: 'rabbitmq', name: groupName(limited.length === 0 ? fitting : limited), remarks };
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

/** Whether a case that the header decides came out as in a generation, whatever the close and the timeout are. */
function fits(probeCase: ProbeCase, seen: Observations, { dialect, amqp10 }: Generation): boolean {
  const rules = headerRules({ dialect, amqp10 }, NOTHING_LEARNED);
  const expected = expectationOf(probeCase, rules, { close: 'closed', handshakeTimeout: null });
  return differences(reader(seen).result(probeCase.name), expected, probeCase).length === 0;
}

/** @see rabbit_reader.erl, `handle_exception`: 3 s of silence, then the end */
function isSilentRefusal({ end, ms }: ProbeResult): boolean {
  return end !== 'open' && ms >= SILENCE[0] && ms <= SILENCE[1];
}

function fitsLimit(large: ProbeResult, { dialect }: Generation): boolean {
  return isSilentRefusal(large) === LARGE > dialectOf(dialect).initialFrameMax;
}

/** The cases that fit none, in the generation that fits best. */
function misfits(seen: Observations): string {
  const counted = GENERATIONS.map((generation) => ({
    generation,
    cases: HEADER_CASES.filter((each) => !fits(each, seen, generation)).map(({ name }) => name),
  }));
  const [nearest] = counted.sort((a, b) => a.cases.length - b.cases.length);
  if (!nearest || nearest.cases.length > HEADER_CASES.length / 2) return 'they fit none';
  return `they would be of ${nearest.generation.name} but for ${nearest.cases.join(', ')}`;
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

function evidenceOf(probeCase: ProbeCase, seen: Observations): Evidence {
  const result = reader(seen).result(probeCase.name);
  const octets = Buffer.from(result.received, 'hex');
  const ended = result.end === 'open' ? 'left open' : `${result.end} after ${result.ms.toFixed(1)} ms`;
  const got = octets.length === 0 ? ended : `${describeOctets(octets)}, ${ended}`;
  return { ...result, sentence: `${probeCase.name} (${probeCase.what}): ${got}; ${meaning(probeCase, seen)}.` };
}

/** Which generations do that. */
function meaning(probeCase: ProbeCase, seen: Observations): string {
  const result = reader(seen).result(probeCase.name);
  const doing = GENERATIONS.filter((each) => {
    if (probeCase.name === FRAME_CASES.huge.name) return isSilentRefusal(result);
    return probeCase.name === FRAME_CASES.large.name ? fitsLimit(result, each) : fits(probeCase, seen, each);
  });
  if (doing.length === 0) return 'no RabbitMQ does that';
  return doing.length === GENERATIONS.length ? 'so does every RabbitMQ' : `so does ${groupName(doing)}`;
}

/** `RabbitMQ 3.x` for all of those, and so on. */
function groupName(generations: readonly Generation[]): string {
  const [first] = generations;
  if (generations.length === 1 && first) return first.name;
  const majors = new Set(generations.map(({ dialect }) => dialect.slice(0, 1)));
  const names = generations.map(({ name }) => name.replace('RabbitMQ ', ''));
  const covers = (major: string) =>
    generations.filter(({ dialect }) => dialect.startsWith(major)).length ===
    GENERATIONS.filter(({ dialect }) => dialect.startsWith(major)).length;
  if ([...majors].every(covers)) return `RabbitMQ ${[...majors].map((major) => `${major}.x`).join(' and ')}`;
  return `RabbitMQ ${names.join(' or ')}`;
}
