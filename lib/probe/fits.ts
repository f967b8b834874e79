import { dialectOf } from '../amqp/dialect.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { isAnswered } from './answer.js';
import type { ProbeCase } from './cases.js';
import { differences, expectationOf } from './expectation.js';
import type { Generation } from './generation.js';
import type { ProbeResult } from './play.js';

/** When RabbitMQ closes after too large a frame was announced, in ms: after 3 s, or a bit later on a busy machine. */
const SILENT = [2_900, 3_600] as const;

/** Maximum difference between two closes by the same timer, in ms. */
const APART = 200;

/**
 * Whether the result of a case that depends on the header is the one of `generation`. The kind of close and the handshake
 * timeout are ignored.
 */
export function fitsHeader(probeCase: ProbeCase, result: ProbeResult, { dialect, amqp10 }: Generation): boolean {
  const rules = headerRules({ dialect, amqp10 }, NOTHING_LEARNED);
  const expected = expectationOf(probeCase, rules, { close: 'closed', handshakeTimeout: null });
  return differences(result, expected, probeCase).length === 0;
}

/**
 * The outcome for a client that announced a frame.
 *
 * @param silence the result of a client that sent nothing, which shows the handshake timeout
 * @returns `ambiguous` if the handshake timeout is as long as RabbitMQ's silence, 3 s
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

/** Whether `outcome` is the one of `generation` for a frame of `size` octets. */
export function fitsFrame(size: number, outcome: ReturnType<typeof frameOutcome>, { dialect }: Generation): boolean {
  if (outcome === 'ambiguous') return true;
  return outcome === (size > dialectOf(dialect).initialFrameMax ? 'refused' : 'waits');
}

/**
 * Whether the server closed after 3 s.
 *
 * @see rabbit_reader.erl, `handle_exception`; ranch waits as long for a PROXY header
 */
export function endsAfterSilence({ end, ms }: ProbeResult): boolean {
  return end !== 'open' && ms >= SILENT[0] && ms <= SILENT[1];
}
