import { dialectOf } from '../../lib/amqp/dialect.js';
import { Follower } from '../../lib/amqp/follower.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { quadOf } from '../../lib/amqp/header.js';
import { isLoggedAsException, type Reason } from '../../lib/amqp/reason.js';
import type { Stage } from '../../lib/amqp/stage.js';
import { Log } from '../../lib/report/log.js';
import { reportOf } from '../../lib/report/report-of.js';
import { brokerClosed, endReason } from '../../lib/rules/end-reason.js';
import { concat, hex } from './bytes.js';
import { type Outcome, sentIn, stepsOf } from './golden.js';
import { MemoryStream } from './memory-stream.js';
import { AT, factsOf } from './report.js';

/*
 * Replays a recorded case without sockets and clocks: the bytes of both sides pass through a follower, in the order in
 * which they must have arrived, and the log prints the result.
 */

const HANDSHAKE_TIMEOUT = 10_000;

/** Bytes of a frame around its payload. */
const AROUND = 8;

/** Splits bytes into frames; the last one may be incomplete. */
function framesOf(octets: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const size = new DataView(octets.buffer, octets.byteOffset + at).getUint32(3);
    frames.push(octets.subarray(at, at + size + AROUND));
    at += size + AROUND;
  }
  return frames;
}

export type Replayed = {
  readonly reason: Reason;
  readonly stage: Stage;
  /** The entries in the form of that broker version, with CLIENT, SERVER, `<reader>` and D as placeholders. */
  readonly entries: readonly string[];
};

/** @param split how the bytes of a side arrive */
export async function replayed(
  name: string,
  outcome: Outcome,
  broker: string,
  split: (octets: Uint8Array) => Iterable<Uint8Array> = (octets) => [octets],
): Promise<Replayed> {
  const dialect = dialectOf(broker);
  const stream = new MemoryStream();
  const log = new Log({ format: 'rabbitmq', level: 'debug', stream, now: () => AT, dialect: broker });
  const event = { id: 'a-7', proxy: 'amqp', time: AT, client: 'CLIENT', listen: 'SERVER', dialect };
  const timing = {
    headerMs: 0,
    upstreamConnectMs: 0,
    startMs: 0,
    tuneMs: null as number | null,
    tuneOkMs: null as number | null,
    openMs: null as number | null,
  };

  let now = 0;
  let heardAt = 0;
  let owedSince = 0;
  let isOwed = false;
  let endedAt: number | null = null;
  let clientSent: 'fin' | 'rst' | null = null;
  let hasError = false;
  let stage: Stage = 'header';

  const found = (reason: Reason): void => {
    if (hasError) return;
    hasError = true;
    const { handshake = NOTHING_SAID, protocol = '0-9-1' } = follower.conversation ?? {};
    log.connectionError({ ...event, protocol, handshake, reason });
  };
  const follower = new Follower(dialect, (method) => {
    const { conversation } = follower;
    if (!conversation) return;
    if (method === 'connection.tune') timing.tuneMs ??= now;
    if (method === 'connection.tune-ok') timing.tuneOkMs ??= now;
    if (method === 'connection.open-ok') timing.openMs ??= now;
    if (follower.stage !== stage) {
      stage = follower.stage;
      log.stage({ ...event, stage, protocol: conversation.protocol, handshake: conversation.handshake });
    }
    if (conversation.brokerError !== null) found(brokerClosed(conversation.brokerError, conversation.handshake).reason);
  });
  const watch = (): void => {
    const { conversation } = follower;
    const owes = conversation !== null && (conversation.failure !== null || conversation.pending !== null);
    if (owes && !isOwed) owedSince = now;
    isOwed = owes;
  };
  const frames = framesOf(hex(outcome.received.hex));
  let arrived = 0;
  const arrive = (count: number): void => {
    for (const octets of split(concat(...frames.slice(arrived, count)))) follower.fromUpstream(octets);
    arrived = Math.max(arrived, count);
    watch();
  };

  log.accepting({ ...event, byEnd: false });
  let sent: Uint8Array = new Uint8Array();
  for (const step of stepsOf(name)) {
    if (typeof step === 'string') {
      clientSent = step;
      endedAt ??= now;
    } else if (step.send) {
      const octets = sentIn(step.send);
      sent = concat(sent, octets);
      heardAt = now;
      for (const part of split(octets)) follower.fromClient(part);
      watch();
    } else if (step.awaitFrames) arrive(step.awaitFrames);
    else {
      const duration = step.wait ?? step.quiet ?? 0;
      now += typeof duration === 'number' ? duration : duration.ht * HANDSHAKE_TIMEOUT;
    }
  }
  arrive(frames.length);
  now = outcome.endMs[0];
  // If the connection was still open, the client reset it at the end.
  if (outcome.end === 'open') clientSent = 'rst';
  const { conversation, answer } = follower;
  const header = sent.subarray(0, 8);
  const ended = endedAt ?? now;
  const { reason, inferred } = endReason({
    by: clientSent === null ? 'upstream' : 'client',
    clientSent,
    vanished: false,
    upstreamClosed: outcome.end === 'rst' || outcome.end === 'fin',
    isChanged: false,
    received: sent.length,
    stopped: false,
    timedOut: false,
    unreachable: null,
    header,
    quad: quadOf(header) ?? null,
    answer,
    followed: conversation,
    unobserved: false,
    lasted: outcome.end === 'open' || outcome.end === 'client-rst' ? ended : now,
    silent: ended - heardAt,
    unanswered: isOwed ? (outcome.end === 'open' || outcome.end === 'client-rst' ? ended : now) - owedSince : 0,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
  });
  if (isLoggedAsException(reason)) found(reason);
  const handshake = conversation === null || conversation.handshake === NOTHING_SAID ? null : conversation.handshake;
  const facts = factsOf({
    ...{
      client: 'CLIENT',
      listen: 'SERVER',
      durationMs: now,
      stage: follower.stage,
      dialect,
      reason,
      inferred,
      header,
    },
    ...{ decision: 'forward', timing, handshake, connectionClose: conversation?.close ?? null },
  });
  log.report(reportOf(facts), reason);
  await log.close();
  return { reason, stage: follower.stage, entries: stream.writes.map(bare) };
}

/** An entry as recorded: its level, and its text without the prefix of each line. */
function bare(entry: string): string {
  const level = /\[(\w+)\]/.exec(entry)?.[1];
  const text = entry
    .replace(/\n$/, '')
    .replaceAll(/^\d{4}-\S+ \S+ \[\w+\] \S+ /gm, '')
    .replaceAll('<0.7.0>', '<reader>')
    .replaceAll(/duration: '[^']*'/g, "duration: 'D'");
  return `${level} ${text}`;
}
