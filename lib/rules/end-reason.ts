import type { Amqp10Error, BrokerError } from '../amqp/broker-error.js';
import { detect } from '../amqp/classifier.js';
import type { Conversation } from '../amqp/conversation.js';
import { isAmqp10, type Quad } from '../amqp/header.js';
import { isShortage } from '../amqp/limit.js';
import type { Failure, Reason } from '../amqp/reason.js';
import { explanationOf } from '../amqp/reply-code.js';

/** What is known about a forwarded connection when it has ended. Times are in ms. */
export type End = {
  /** Which side closed TCP first. */
  readonly by: 'client' | 'upstream' | 'proxy';
  /** How the client closed the connection; null: it did not. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** Whether the upstream closed the connection, first or after the client. */
  readonly upstreamClosed: boolean;
  /** Whether the side that ended the connection no longer answered, instead of closing it. */
  readonly vanished: boolean;
  /** Number of octets received from the client. */
  readonly received: number;
  /** Whether the proxy was stopped. */
  readonly stopped: boolean;
  /** Whether the proxy's own handshake timeout ended the connection. */
  readonly timedOut: boolean;
  /** Why the upstream could not be reached, as an error code; null if it was. */
  readonly unreachable: string | null;
  /** At most the first 8 octets from the client. */
  readonly header: Uint8Array;
  /** The version quad in the client's header; null if it has none. */
  readonly quad: Quad | null;
  /** The version quad with which the upstream answered the header; null if it did not. */
  readonly answer: Quad | null;
  /** What the conversation revealed; null without a valid header. */
  readonly followed: Followed | null;
  /** Whether a fault acted: what the broker has not answered may never have reached it. */
  readonly isChanged: boolean;
  /** Whether the connection was followed only until Open-Ok. */
  readonly unobserved: boolean;
  /** From the start of the handshake timeout to the close of the upstream, or to the first close if it did not close. */
  readonly lasted: number;
  /** How long the client had been silent at the first close. */
  readonly silent: number;
  /** How long the broker had left a request or an error unanswered when it closed, or at the first close; 0 if none. */
  readonly unanswered: number;
  readonly handshakeTimeout: number;
};

/** The part of a conversation from which the reason is derived. */
export type Followed = Pick<
  Conversation,
  | 'stage'
  | 'handshake'
  | 'hasStart'
  | 'answersRefusedLogin'
  | 'pending'
  | 'failure'
  | 'broken'
  | 'refusedOpen'
  | 'close'
  | 'brokerError'
  | 'callback'
>;

/**
 * How long a broker waits before it ends a connection after a client error.
 *
 * @see rabbit_reader.erl, SILENT_CLOSE_DELAY
 */
const SILENT_CLOSE = 3_000;
/** How much shorter a broker's delay may appear here, because octets and closes take time to arrive. */
const TOLERANCE = 250;
/** How much longer the delay may appear. A broker that closes later was stuck before. */
const DELAY = 1_000;

type EndReason = { readonly reason: Reason; readonly inferred: boolean };

const certain = (reason: Reason): EndReason => ({ reason, inferred: false });
const inferred = (reason: Reason): EndReason => ({ reason, inferred: true });

/**
 * Why a forwarded connection ended, derived from what was seen on the wire. `inferred`: only the broker knows for
 * certain, because it logs the reason without sending it.
 */
export function endReason(end: End): EndReason {
  if (end.unreachable !== null) return certain(undialed(end.unreachable));
  if (end.stopped) return certain({ name: 'shutdown' });
  if (end.followed?.broken) return inferred(end.followed.broken);
  const announced = end.followed && announcedEnd(end, end.followed);
  if (announced) return announced;
  if (end.vanished) {
    return end.by === 'upstream'
      ? certain({ name: 'upstream_closed' })
      : certain({ name: 'connection_closed_abruptly' });
  }
  const guess = end.followed && silentEnd(end, end.followed);
  if (guess) return inferred(guess);
  if (end.timedOut) {
    return certain({ name: 'handshake_timeout', callback: end.followed?.callback ?? { name: 'handshake' } });
  }
  const refusal = brokerRefusal(end);
  if (refusal) return inferred(refusal);
  // A connection that was not followed may have been closed cleanly.
  if (end.unobserved && end.clientSent !== 'rst') return inferred({ name: 'connection_closed', error: null });
  if (end.by === 'upstream') return certain({ name: 'upstream_closed' });
  if (end.received === 0) return certain({ name: 'connection_closed_with_no_data_received' });
  return certain({ name: 'connection_closed_abruptly' });
}

/** Why the upstream could not be dialed, by the code of the error. */
function undialed(code: string): Reason {
  return isShortage(code) ? { name: 'limit', limit: 'dial', code } : { name: 'upstream_unreachable', code };
}

/** The reason that one side announced with a Close. A client's Close counts when the broker has answered it. */
function announcedEnd(end: End, { close, stage, brokerError, handshake }: Followed): EndReason | undefined {
  if (brokerError !== null) return brokerClosed(brokerError, handshake);
  if (stage === 'closed' || close?.by === 'upstream') return certain({ name: 'connection_closed', error: null });
  // Whether the broker read the Close before the reset is a race.
  if (close !== null && end.clientSent === 'rst') return inferred({ name: 'connection_closed_abruptly' });
  return undefined;
}

/** Why a broker closed a connection with an error. */
export function brokerClosed(error: BrokerError | Amqp10Error, handshake: Followed['handshake']): EndReason {
  if ('condition' in error) return certain({ name: 'connection_closed', error });
  const { code, text, stage } = error;
  const explanation = explanationOf(text);
  if (code === 403 && (stage === 'starting' || stage === 'securing')) {
    // Only the broker's log has the reason. It is nearly always this one.
    return inferred({ name: 'auth_failure', mechanism: handshake.mechanism, user: handshake.user });
  }
  if (stage === 'opening' && (code === 530 || code === 541)) {
    const name = /^vhost .* not found$/s.test(explanation) ? 'vhost_not_found' : 'access_refused';
    return certain({ name, text: explanation });
  }
  const isFatal = /\{(frame_too_large|invalid_frame_end_marker),/.test(text);
  if (code === 501 && isFatal) return certain({ name: 'frame_error', error });
  return certain({ name: 'connection_closed', error });
}

/**
 * Why a broker ended the connection without sending a Close. It did so itself: what the proxy's own timeout ended was not
 * ended by the broker, and a client that resets leaves no time for an answer.
 */
function silentEnd(end: End, followed: Followed): Reason | undefined {
  if (end.timedOut) return undefined;
  const { stage, failure, handshake } = followed;
  if (stage !== 'running') {
    const refused = loginRefused(end, followed);
    if (refused) return refused;
    if (failure !== null && isBelieved(failure, end)) return failure;
    if (followed.refusedOpen !== null && end.upstreamClosed && hasSlept(end)) return followed.refusedOpen;
    if (end.by === 'upstream' && isAfterTimeout(end)) {
      return { name: 'handshake_timeout', callback: followed.callback };
    }
  }
  const { heartbeat } = handshake;
  const isSilent = heartbeat !== null && heartbeat > 0 && end.silent >= heartbeat * 2000 - TOLERANCE;
  if (end.by === 'upstream' && isSilent) return { name: 'missed_heartbeats', timeout: heartbeat };
  return undefined;
}

const isAfterTimeout = ({ lasted, handshakeTimeout }: End): boolean => lasted >= handshakeTimeout - TOLERANCE;

/** After the handshake timeout only a broker that sleeps is still there. One that was stuck times out when it goes on. */
const mayHaveSlept = (end: End): boolean => !isAfterTimeout(end) || end.unanswered <= SILENT_CLOSE + DELAY;

/** Whether the broker closed as it does after its delay. */
const hasSlept = (end: End): boolean => end.unanswered >= SILENT_CLOSE - TOLERANCE && mayHaveSlept(end);

/** Before a broker ends a connection after a client error, it waits. Only a crash of its reader ends it immediately. */
function isBelieved(failure: Failure, end: End): boolean {
  const isSilenced = failure.name === 'handshake_error' && failure.failure.type !== 'amqp10';
  if (!isSilenced) return true;
  // A broker that is asleep does not notice that the client has closed.
  if (end.by === 'client') return !end.upstreamClosed || end.unanswered >= SILENT_CLOSE - TOLERANCE;
  return end.by !== 'upstream' || hasSlept(end);
}

/**
 * A login that was refused without a reply, because the client did not announce that it accepts one. The broker then
 * closes after its delay, or as soon as the client closes with a FIN. A good login it answers before it notices the FIN.
 */
function loginRefused(end: End, { hasStart, pending, answersRefusedLogin, handshake }: Followed): Reason | undefined {
  if (pending !== 'login' || !hasStart || answersRefusedLogin || !end.upstreamClosed || end.isChanged) return undefined;
  const isRefused = end.by === 'client' ? mayHaveSlept(end) : hasSlept(end);
  return isRefused ? { name: 'auth_failure', mechanism: handshake.mechanism, user: handshake.user } : undefined;
}

/** Why the broker refused a header that was left to it: it answered with a different header. */
function brokerRefusal({ header, quad, answer }: End): Reason | undefined {
  if (answer === null || header.length < 8) return undefined;
  if (quad === null) return { name: 'bad_header', detail: detect(header), octets: header };
  if (quad.every((octet, at) => octet === answer[at])) return undefined;
  if (!isAmqp10(quad)) return { name: 'bad_version', quad };
  // 3.x without the plugin answers AMQP 0 0 9 1, 4.x asks for SASL.
  return answer[0] === 3 ? { name: 'sasl_required', protocolId: quad[0] } : { name: 'amqp1_0_plugin_not_enabled' };
}
