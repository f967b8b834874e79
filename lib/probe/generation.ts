import { dialectOf } from '../amqp/dialect.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { isAnswered } from './answer.js';
import type { ProbeCase } from './cases.js';
import { differences, expectationOf } from './expectation.js';
import type { ProbeResult } from './play.js';

/** The generations of RabbitMQ that refusals tell apart, each with a version of it. */
export const GENERATIONS = [
  {
    name: '3.x (3.6 to 3.13), without the AMQP 1.0 plugin',
    short: '3.x without the AMQP 1.0 plugin',
    line: '3.x',
    dialect: '3.13',
    amqp10: 'off',
  },
  {
    name: '3.x (3.6 to 3.13), with the AMQP 1.0 plugin',
    short: '3.x with the AMQP 1.0 plugin',
    line: '3.x',
    dialect: '3.13',
    amqp10: 'on',
  },
  { name: '4.0', short: '4.0', line: '4.x', dialect: '4.0', amqp10: 'on' },
  { name: '4.1 or later', short: '4.1 or later', line: '4.x', dialect: '4.1', amqp10: 'on' },
] as const;

export type Generation = (typeof GENERATIONS)[number];

/** When RabbitMQ ends who announced too large a frame, in ms: after 3 s, on a machine that may be busy. */
const SILENT = [2_900, 3_600] as const;

/** How far apart two ends of the same timer may be, in ms. */
const APART = 200;

/** `RabbitMQ 4.0`; where they are all of a line, `RabbitMQ 3.x`. */
export function nameOf(generations: readonly Generation[]): string {
  const [first] = generations;
  if (generations.length === 1 && first) return `RabbitMQ ${first.name}`;
  const lines = [...new Set(generations.map(({ line }) => line))];
  const names = lines.flatMap((line) => {
    const members = generations.filter((each) => each.line === line);
    const isWhole = members.length === GENERATIONS.filter((each) => each.line === line).length;
    return isWhole ? [line] : members.map(({ short }) => short);
  });
  return `RabbitMQ ${names.join(' or ')}`;
}

/** Whether a case that the header decides came out as in a generation, whatever the close and the timeout are. */
export function fitsHeader(probeCase: ProbeCase, result: ProbeResult, { dialect, amqp10 }: Generation): boolean {
  const rules = headerRules({ dialect, amqp10 }, NOTHING_LEARNED);
  const expected = expectationOf(probeCase, rules, { close: 'closed', handshakeTimeout: null });
  return differences(result, expected, probeCase).length === 0;
}

/**
 * What became of a client that announced a frame.
 *
 * @param silence what became of a client that said nothing: it shows the handshake timeout
 * @returns `ambiguous` when the handshake timeout is what RabbitMQ's silence is, 3 s
 */
export function frameOutcome(
  result: ProbeResult,
  silence: ProbeResult,
): 'refused' | 'waits' | 'ambiguous' | 'ended early' | 'other' {
  if (!isAnswered(Buffer.from(result.received, 'hex'))) return 'other';
  if (result.end === 'open') return 'waits';
  const isTimeout = silence.end !== 'open' && Math.abs(silence.ms - result.ms) < APART;
  if (endsAfterSilence(result)) return isTimeout ? 'ambiguous' : 'refused';
  if (isTimeout) return 'waits';
  return result.ms < SILENT[0] ? 'ended early' : 'other';
}

/** Whether a frame of that size is treated as in a generation. */
export function fitsFrame(size: number, outcome: ReturnType<typeof frameOutcome>, { dialect }: Generation): boolean {
  if (outcome === 'ambiguous') return true;
  return outcome === (size > dialectOf(dialect).initialFrameMax ? 'refused' : 'waits');
}

/** @see rabbit_reader.erl, `handle_exception`: 3 s of silence, then the end; ranch waits as long for a PROXY header */
export function endsAfterSilence({ end, ms }: ProbeResult): boolean {
  return end !== 'open' && ms >= SILENT[0] && ms <= SILENT[1];
}
