import { encodeMethodFrame } from '../amqp/connection-methods.js';
import { Atom } from '../amqp/erlang-pretty.js';
import type { Quad } from '../amqp/header.js';
import type { Failure, Reason } from '../amqp/reason.js';
import { replyName, replyText } from '../amqp/reply-code.js';
import type { Close } from '../close.js';
import type { Deadline } from './deadline.js';
import { type Dismissal, NO_FAREWELL } from './outcome.js';
import type { PeerListener } from './peer/peer.js';
import { relayedOutcome } from './relayed-outcome.js';
import type { Session } from './session.js';
import { TrafficObserver } from './traffic-observer.js';

/** How long RabbitMQ waits before it ends a connection after an error of the client, in ms. @see rabbit_reader.erl */
const SILENT_CLOSE = 3_000;

const LOGIN_CODE = 530;
const LOGIN_TEXT = 'rabbit-snare answers this address itself (healthChecks: local) and cannot check a login';
const CLOSE_TEXT = replyText(LOGIN_CODE, LOGIN_TEXT);
const CLOSE = encodeMethodFrame({
  name: 'connection.close',
  replyCode: LOGIN_CODE,
  replyText: CLOSE_TEXT,
  classId: 10,
  methodId: 11,
});
/** An AMQP 1.0 `sasl-outcome` with the code `sys`: the login failed, but not because of the credentials. */
const SASL_OUTCOME = Uint8Array.of(0, 0, 0, 0x11, 2, 1, 0, 0, 0, 0x53, 0x44, 0xc0, 4, 2, 0x50, 2, 0x40);

/** RabbitMQ's name for what was not allowed. Only the proxy's own log has it. */
const LOGIN_REFUSED: Reason = {
  name: 'handshake_error',
  failure: {
    type: 'error',
    state: 'starting',
    channel: 0,
    error: { name: 'not_allowed', explanation: LOGIN_TEXT, method: 'connection.start_ok' },
  },
};

/**
 * Answers a good protocol header in the place of the broker, which is not dialed. A client that leaves is closed as RabbitMQ
 * closes it. What follows is answered as RabbitMQ answers it: an error, such as a Close, with 3 s of silence and a reset. A login is
 * refused with the code 530, because only a broker can check it.
 *
 * @param close how the client is closed
 */
export async function answerLocally(
  session: Session,
  quad: Quad,
  deadline: Deadline,
  close: Close,
): Promise<Dismissal> {
  const observer = new TrafficObserver(session, { isClassified: true, passed: () => {} });
  session.observer = observer;
  const answer = new LocalAnswer(session, observer, deadline);
  const by = await answer.begin(quad);
  const { reason } = answer.hasRefusedLogin
    ? { reason: LOGIN_REFUSED }
    : relayedOutcome(session, observer, { by, unreachable: null, connectedAt: null });
  return { decision: 'none', reason, inferred: false, by, farewell: NO_FAREWELL, close };
}

class LocalAnswer implements PeerListener {
  hasRefusedLogin = false;
  /** An error of the client is answered with silence. */
  private isAsleep = false;
  private readonly session: Session;
  private readonly observer: TrafficObserver;
  private readonly deadline: Deadline;
  private end: (by: 'client' | 'proxy') => void = () => {};

  constructor(session: Session, observer: TrafficObserver, deadline: Deadline) {
    this.session = session;
    this.observer = observer;
    this.deadline = deadline;
    deadline.due = () => {
      session.isTimedOut = !this.isAsleep;
      this.end('proxy');
    };
  }

  /** Sends the answer. Resolves with the side that ends the connection. */
  begin(quad: Quad): Promise<'client' | 'proxy'> {
    const { session, observer } = this;
    const { client, context } = session;
    const first = session.takeRead() ?? [];
    return new Promise((resolve) => {
      this.end = resolve;
      for (const octets of first) observer.fromClient(octets);
      const start = context.starts.of(quad);
      observer.fromUpstream(start);
      client.listener = this;
      client.hurry();
      client.write(start);
      this.react();
      if (client.sent !== null) this.ended(client.sent);
      else client.resume();
      if (client.closed) this.closed();
    });
  }

  octets(octets: Uint8Array): boolean {
    // RabbitMQ reads nothing while it is asleep.
    if (this.isAsleep) return true;
    this.observer.fromClient(octets);
    this.react();
    return true;
  }

  ended(how: Close): void {
    this.observer.ended('client');
    if (how === 'rst' || !this.isAsleep || this.hasRefusedLogin) this.end('client');
  }

  drained(): void {}

  closed(): void {
    this.end('client');
  }

  private react(): void {
    const { conversation } = this.observer.follower;
    if (conversation === null) return;
    const { pending, failure, protocol } = conversation;
    if (pending !== null) this.refuseLogin(protocol);
    else if (failure !== null && endsAtOnce(failure)) this.end('proxy');
    else if (failure !== null) this.sleep();
  }

  private refuseLogin(protocol: '0-9-1' | '1.0'): void {
    const { session } = this;
    this.hasRefusedLogin = true;
    if (protocol === '0-9-1') {
      session.connectionClose = {
        by: 'proxy',
        code: LOGIN_CODE,
        name: replyName(LOGIN_CODE) as string,
        text: CLOSE_TEXT,
      };
    }
    session.client.write(protocol === '1.0' ? SASL_OUTCOME : CLOSE);
    this.sleep();
  }

  private sleep(): void {
    this.isAsleep = true;
    this.deadline.putOff(SILENT_CLOSE);
  }
}

/** RabbitMQ does not wait after a crash of its reader, nor after an AMQP 1.0 error for which it has no condition. */
function endsAtOnce(failure: Failure): boolean {
  if (failure.name === 'reader_crashed') return true;
  if (!('failure' in failure) || failure.failure.type !== 'amqp10') return false;
  const { term } = failure.failure;
  const [kind] = Array.isArray(term) ? term : [];
  return !(kind instanceof Atom && kind.name === 'handshake_error');
}
