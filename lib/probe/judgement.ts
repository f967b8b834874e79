import { quadOf, toText } from '../amqp/header.js';
import { isAnswered } from './answer.js';
import { endsAfterSilence } from './fits.js';
import { GENERATIONS, nameOf } from './generation.js';
import { GOOD_CASE, HEADER_CASES, HUGE_FRAME, LARGE_FRAMES } from './identifying-cases.js';
import type { Observations } from './observations.js';
import type { ProbeResult } from './play.js';
import { remarkOnStart, remarkOnTimeout } from './remarks.js';

export type Kind =
  | 'rabbitmq'
  /** Refuses headers like RabbitMQ, and closes after too large a frame like the stand-in of rabbit-snare. */
  | 'stand-in'
  /** Speaks AMQP. */
  | 'amqp'
  | 'tls'
  | 'http'
  | 'echo'
  /** Sends data before the client does. */
  | 'speaks first'
  | 'proxy protocol'
  /** Closes all connections without sending an octet. */
  | 'closes'
  | 'mute'
  | 'other';

export interface Judgement {
  readonly rabbitmq: boolean;
  readonly kind: Kind;
  /** For people: `RabbitMQ 4.0`, `not RabbitMQ: an HTTP server`. */
  readonly name: string;
  /** Sentences: further observations, and limits of the judgement. */
  readonly remarks: readonly string[];
}

/** The latest time, in ms, at which something still happened at once. */
const AT_ONCE = 1_500;

/** Judges what kind of server it is, and which RabbitMQ. @throws RangeError when a case was not played */
export function judge(seen: Observations): Judgement {
  const answers = seen.all.map(({ received }) => Buffer.from(received, 'hex')).filter(({ length }) => length > 0);
  const text = (name: string) => `'${toText(seen.octets(name).subarray(0, 40))}'`;
  if (answers.length === 0) return judgeSilent(seen);
  // Before TLS: an echo server returns the ClientHello, too.
  if (seen.octets('lowercase').equals(Buffer.from(seen.result('lowercase').sent, 'hex'))) {
    return no('echo', 'it echoes what it receives');
  }
  if (answers.some(isTls)) {
    return no('tls', 'a TLS server', 'The protocol inside TLS was not tested: it may be RabbitMQ.');
  }
  if (answers.some((answer) => answer.toString('latin1', 0, 5) === 'HTTP/')) return no('http', 'an HTTP server');
  if (seen.octets('silence').length > 0) {
    return no('speaks first', `a server that sends data before the client does: ${text('silence')}`);
  }
  if (answers.some((answer) => quadOf(answer) || isAnswered(answer))) return judgeAmqp(seen);
  const first = HEADER_CASES.find(({ name }) => seen.octets(name).length > 0)?.name ?? HUGE_FRAME.name;
  return no('other', `a server that answers ${text(first)} to ${first}`);
}

/** Judges a server that sent nothing. */
function judgeSilent(seen: Observations): Judgement {
  const silence = seen.result('silence');
  const headers = [seen.result('lowercase'), seen.result(GOOD_CASE.name), seen.result('http-get')];
  const endsAtOnce = ({ end, ms }: ProbeResult) => end !== 'open' && ms < AT_ONCE;
  if (headers.every(endsAtOnce)) {
    if (endsAtOnce(silence)) {
      return no('closes', 'it accepts and closes at once, like a load balancer without a server');
    }
    if (endsAfterSilence(silence)) {
      return no('proxy protocol', 'it requires a PROXY header, like RabbitMQ 3.7 or later with proxy_protocol = true');
    }
    return no('closes', 'it closes without a reply as soon as the client sends something');
  }
  if (headers.every(({ end }) => end !== 'open')) {
    const { ms } = seen.result(GOOD_CASE.name);
    const when = `after ${(ms / 1000).toFixed(1)} s without a reply`;
    return no('closes', `it closes ${when}, like a load balancer that cannot reach its server`);
  }
  return no(
    'mute',
    'it accepts connections but sends nothing',
    'A RabbitMQ that is stopped, or that has reached its connection limit (ranch_connection_max), also sends nothing.',
  );
}

/** Judges a server that speaks AMQP. */
function judgeAmqp(seen: Observations): Judgement {
  const remarks = [...remarkOnStart(seen.octets(GOOD_CASE.name)), ...remarkOnTimeout(seen.result('silence'))];
  const fitting = GENERATIONS.filter((generation) => HEADER_CASES.every((header) => seen.fits(header, generation)));
  if (fitting.length === 0) {
    const isEarly = seen.octets('partial-silence').length > 0;
    return no(
      'amqp',
      'another AMQP broker, or something in front of one',
      closest(seen),
      ...(isEarly ? ['It refuses before the eighth byte, like LavinMQ.'] : []),
      ...remarks,
    );
  }
  const huge = seen.frameOutcome(HUGE_FRAME);
  if (huge === 'ended early') {
    const but = 'but closes at once when a client announces too large a frame';
    return no(
      'stand-in',
      `probably the stand-in of rabbit-snare: it refuses headers like ${nameOf(fitting)}, ${but}`,
      ...remarks,
    );
  }
  if (huge === 'other') {
    const but = 'but not a client that announces too large a frame';
    return no('amqp', `it refuses headers like ${nameOf(fitting)}, ${but}`, ...remarks);
  }
  // A server without any limit accepts the large frames, too: they distinguish nothing.
  const exact =
    huge === 'waits' ? [] : fitting.filter((generation) => LARGE_FRAMES.every((frame) => seen.fits(frame, generation)));
  if (exact.length > 1) {
    const names = exact.map(({ short }) => short).join(' and ');
    remarks.push(`With this handshake timeout, ${names} cannot be distinguished.`);
  }
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

/** Names the generations that fit most cases, and the cases that they do not fit. */
function closest(seen: Observations): string {
  const all = GENERATIONS.map((generation) => ({
    generation,
    cases: HEADER_CASES.filter((each) => !seen.fits(each, generation)).map(({ name }) => name),
  }));
  const fewest = Math.min(...all.map(({ cases }) => cases.length));
  const nearest = all.filter(({ cases }) => cases.length === fewest);
  const cases = new Set(nearest.flatMap((each) => each.cases));
  return `The closest is ${nameOf(nearest.map(({ generation }) => generation))}, except for ${[...cases].join(', ')}.`;
}

function isTls([type = 0, major]: Buffer): boolean {
  return (type === 0x15 || type === 0x16) && major === 0x03;
}
