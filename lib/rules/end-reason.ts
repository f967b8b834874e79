import type { Amqp10Error, BrokerError } from '../amqp/broker-error.js';
import { detect } from '../amqp/classifier.js';
import type { Conversation } from '../amqp/conversation.js';
import { isAmqp10, type Quad } from '../amqp/header.js';
import type { Failure, Reason } from '../amqp/reason.js';
import { explanationOf } from '../amqp/reply-code.js';

/** What is known of a forwarded connection when it is over. Times are in ms. */
export type End = {
  /** Who closed TCP first. */
  readonly by: 'client' | 'upstream' | 'proxy';
  /** How the client closed, if it did. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** Octets that came from the client. */
  readonly received: number;
  /** The proxy was stopped. */
  readonly stopped: boolean;
  /** The proxy's own deadline ended it. */
  readonly timedOut: boolean;
  /** Why the upstream could not be reached. */
  readonly unreachable: string | null;
  /** The client's first 8 octets at most. */
  readonly header: Uint8Array;
  /** The client's version quad, if its header had one. */
  readonly quad: Quad | null;
  /** The version quad with which the upstream answered the header, if it did. */
  readonly answer: Quad | null;
  /** What was followed; null if the header was none. */
  readonly followed: Followed | null;
  /** It was followed until Open-Ok only. */
  readonly unobserved: boolean;
  /** From when the time for the handshake began to the first close. */
  readonly lasted: number;
  /** How long the client had been silent at the first close. */
  readonly silent: number;
  /** How long the broker had owed an answer at the first close; 0 if it owed none. */
  readonly unanswered: number;
  readonly handshakeTimeout: number;
};

/** What a reason needs of what was followed. */
export type Followed = Pick<
  Conversation,
  'stage' | 'handshake' | 'hasStartOk' | 'pending' | 'failure' | 'refusedOpen' | 'close' | 'brokerError' | 'callback'
>;

/** How long a broker is silent before it ends a connection that it does not trust. @see rabbit_reader.erl, SILENT_CLOSE_DELAY */
const SILENT_CLOSE = 3_000;
/** How much less than due a time can be, as measured from outside: octets and closes take their time to us. */
const TOLERANCE = 250;
/** A broker that has not answered a login for so long, when its client resets, has refused it: it answers a good one at once. */
const LOGIN = 500;

type EndReason = { readonly reason: Reason; readonly inferred: boolean };

const certain = (reason: Reason): EndReason => ({ reason, inferred: false });
const inferred = (reason: Reason): EndReason => ({ reason, inferred: true });

/** Why a forwarded connection ended, told from the wire. */
export function endReason(end: End): EndReason {
  if (end.unreachable !== null) return certain({ name: 'upstream_unreachable', code: end.unreachable });
  if (end.stopped) return certain({ name: 'shutdown' });
  const told = end.followed && saidSo(end.followed);
  if (told) return told;
  const guess = end.followed && silentEnd(end, end.followed);
  if (guess) return inferred(guess);
  if (end.timedOut) {
    return certain({ name: 'handshake_timeout', callback: end.followed?.callback ?? { name: 'handshake' } });
  }
  const refusal = brokerRefusal(end);
  if (refusal) return inferred(refusal);
  // What nobody looked at may well have been closed as it should.
  if (end.unobserved && end.clientSent !== 'rst') return inferred({ name: 'connection_closed', error: null });
  if (end.by === 'upstream') return certain({ name: 'upstream_closed' });
  if (end.received === 0) return certain({ name: 'connection_closed_with_no_data_received' });
  return certain({ name: 'connection_closed_abruptly' });
}

/** What one side said about the end. */
function saidSo({ close, stage, brokerError, handshake }: Followed): EndReason | undefined {
  if (brokerError !== null) return brokerClosed(brokerError, handshake);
  return close === null && stage !== 'closed' ? undefined : certain({ name: 'connection_closed', error: null });
}

/** Why a broker closed a connection with an error. */
export function brokerClosed(error: BrokerError | Amqp10Error, handshake: Followed['handshake']): EndReason {
  if ('condition' in error) return certain({ name: 'connection_closed', error });
  const { code, text, stage } = error;
  const explanation = explanationOf(text);
  if (stage === 'starting' || stage === 'securing') {
    // Why it was refused only the log says; this is what it nearly always says.
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

/** What a broker that said nothing ended the connection for. */
function silentEnd(end: End, followed: Followed): Reason | undefined {
  const { stage, failure, pending, handshake } = followed;
  if (stage !== 'running') {
    if (failure !== null && isBelieved(failure, end)) return loginRefused(end, followed) ?? failure;
    const refused = loginRefused(end, followed);
    if (refused) return refused;
    const isSilenced = end.by !== 'client' && end.unanswered >= SILENT_CLOSE - TOLERANCE;
    if (followed.refusedOpen !== null && isSilenced) return followed.refusedOpen;
    if (end.by === 'upstream' && end.lasted >= end.handshakeTimeout - TOLERANCE && pending === null) {
      return { name: 'handshake_timeout', callback: followed.callback };
    }
  }
  const { heartbeat } = handshake;
  const isSilent = heartbeat !== null && heartbeat > 0 && end.silent >= heartbeat * 2000 - TOLERANCE;
  if (end.by === 'upstream' && isSilent) return { name: 'missed_heartbeats', timeout: heartbeat };
  return undefined;
}

/** A broker that ends by itself waits before it ends who did something wrong; only its reader can die of it at once. */
function isBelieved(failure: Failure, { by, unanswered }: End): boolean {
  const isSilenced = failure.name === 'handshake_error' && failure.failure.type !== 'amqp10';
  return by !== 'upstream' || !isSilenced || unanswered >= SILENT_CLOSE - TOLERANCE;
}

/**
 * A login that was refused without a word. A broker answers before it notices that its client has ended, so no answer to
 * a client that ended orderly is a refusal, too.
 */
function loginRefused(end: End, { pending, handshake }: Followed): Reason | undefined {
  if (pending !== 'login') return undefined;
  const isRefused =
    end.by === 'client'
      ? end.clientSent === 'fin' || end.unanswered >= LOGIN
      : end.unanswered >= SILENT_CLOSE - TOLERANCE;
  return isRefused ? { name: 'auth_failure', mechanism: handshake.mechanism, user: handshake.user } : undefined;
}

/** Why the broker refused a header that was left to it: it answered with another header than it was sent. */
function brokerRefusal({ header, quad, answer }: End): Reason | undefined {
  if (answer === null || header.length < 8) return undefined;
  if (quad === null) return { name: 'bad_header', detail: detect(header), octets: header };
  if (quad.every((octet, at) => octet === answer[at])) return undefined;
  if (!isAmqp10(quad)) return { name: 'bad_version', quad };
  // 3.x without the plugin answers AMQP 0 0 9 1, 4.x asks for SASL.
  return answer[0] === 3 ? { name: 'sasl_required', protocolId: quad[0] } : { name: 'amqp1_0_plugin_not_enabled' };
}
