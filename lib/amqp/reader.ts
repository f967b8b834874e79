import { type AmqpError, frameError, unexpectedFrame } from './amqp-error.js';
import { Backlog } from './backlog.js';
import { type ConnectionMethod, decodeMethod, from08, type UnknownMethod } from './connection-methods.js';
import { type Dialect, dialectOf } from './dialect.js';
import { Atom } from './erlang-pretty.js';
import { type FieldTable, textOf } from './field-table.js';
import { FRAME_TYPE, type Frame, type FrameCallback, MAX_OPENING_PAYLOAD } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { loginError, mechanismError } from './login-error.js';
import { MalformedError } from './malformed-error.js';
import { methodName } from './method-name.js';
import { rabbitmqVersion } from './rabbitmq-version.js';
import type { Failure, HandshakeFailure } from './reason.js';
import type { OpeningState } from './stage.js';
import { type TuneLimits, tuneObjection } from './tune-objection.js';

const NOTHING: Uint8Array = new Uint8Array();

/** The states in the order in which a connection passes through them. */
const STATES: readonly OpeningState[] = ['starting', 'securing', 'tuning', 'opening'];

/** The state after each method from the client, once the broker has accepted it. */
const AFTER: { readonly [method: string]: OpeningState } = {
  'connection.start_ok': 'tuning',
  'connection.secure_ok': 'tuning',
  'connection.tune_ok': 'opening',
};

/** An error, and where the client made it. `method`: the one that the broker rejected; null: a frame. */
type Failed = { readonly failure: Failure; readonly state: OpeningState; readonly method: string | null };

/**
 * Imitates RabbitMQ's reader while a connection is opened: its state, what it waits for, and the client's error, which
 * the broker reports only in its log.
 *
 * The limits of a broker may differ from those of its dialect. If it answers what is an error here, it has accepted it:
 * the error is withdrawn, and the reader continues with the octets after it.
 *
 * It assumes that each login succeeds. Whether one failed can be inferred only from the broker's answer, or its
 * absence.
 *
 * @see rabbit_reader.erl, `handle_input`, `handle_frame`, `handle_method0`, `handle_exception`
 */
export class Reader {
  state: OpeningState = 'starting';
  /** The dialect in which errors are explained. */
  dialect: Dialect;
  private readonly isAmqp08: boolean;
  private failed: Failed | null = null;
  /** What the client sent after its error. */
  private readonly unread = new Backlog(MAX_OPENING_PAYLOAD);
  private frames: FrameReader;
  /** The broker's maximum payload, in octets. It applies to the payload, not to the whole frame. */
  private maxPayload: number;
  /** The lowest frame size that a client may ask for, in octets. */
  private leastFrameMax: number;
  /** The mechanisms in the broker's Start. */
  private offered: readonly string[] | null = null;
  /** The mechanism in the client's Start-Ok. */
  private chosen: string | null = null;
  private limits: TuneLimits | null = null;
  private tuneOk: TuneLimits | null = null;

  constructor(dialect: Dialect, isAmqp08: boolean) {
    this.dialect = dialect;
    this.isAmqp08 = isAmqp08;
    this.maxPayload = dialect.initialFrameMax;
    this.leastFrameMax = dialect.initialFrameMax;
    this.frames = new FrameReader({ maxPayload: this.maxPayload });
  }

  /** The client's error, after which the broker ends the connection without a reply; null: none. */
  get failure(): Failure | null {
    return this.failed?.failure ?? null;
  }

  /** What the broker waits for, if it has not rejected anything. */
  get callback(): FrameCallback {
    const { problem, callback } = this.frames;
    if (problem?.name !== 'frame_too_large') return callback;
    const { type, channel, size } = problem;
    return { name: 'frame_payload', type, channel, size };
  }

  /** Whether the client's octets are no longer frames. */
  get isLost(): boolean {
    return this.frames.problem !== undefined;
  }

  /** Octets that are not part of a frame that was read. */
  get held(): Uint8Array {
    return this.failed === null ? this.frames.held : this.unread.octets;
  }

  /**
   * Reads octets from the client, up to its Open.
   *
   * @param passed called for each of its Connection methods
   * @returns the octets after the Open; empty before that
   */
  read(octets: Uint8Array, passed: (method: ConnectionMethod) => void): Uint8Array {
    let rest = octets;
    while (!this.failed) {
      const [frame, others] = this.frames.next(rest);
      if (!frame) {
        this.judgeProblem();
        return NOTHING;
      }
      rest = others;
      const method = this.take(frame);
      if (method) passed(method);
      if (method?.name === 'connection.open') return rest;
    }
    this.unread.add(rest);
    return NOTHING;
  }

  /**
   * Takes a method from the broker, on which depends what is an error.
   *
   * @param passed called for each method from the client that the broker has accepted although it was an error here
   * @returns the octets after the client's Open, if that is one of these methods; otherwise empty
   */
  fromUpstream(method: ConnectionMethod, passed: (method: ConnectionMethod) => void): Uint8Array {
    let rest = NOTHING;
    switch (method.name) {
      case 'connection.start':
        rest = this.started(method.serverProperties, passed);
        this.offered = method.mechanisms.split(' ');
        this.judgeChosen();
        break;
      case 'connection.secure':
        rest = this.accepted('starting', passed);
        this.state = 'securing';
        break;
      case 'connection.tune':
        rest = this.accepted('securing', passed);
        this.limits = method;
        if (this.tuneOk && !this.failed) this.negotiate(this.tuneOk);
        break;
      case 'connection.open-ok':
        rest = this.accepted('opening', passed);
        break;
      case 'connection.close':
        // Before Tune, this is the answer to a login. Later, it may be the answer to an error.
        if (this.limits === null) rest = this.accepted('securing', passed);
        break;
      default:
    }
    return rest;
  }

  /** The broker's limits follow from its version, whatever the dialect. */
  private started(properties: FieldTable, passed: (method: ConnectionMethod) => void): Uint8Array {
    const version = rabbitmqVersion(textOf(properties, 'product') ?? null, textOf(properties, 'version') ?? null);
    if (version === undefined || version === this.dialect.name) return NOTHING;
    const { initialFrameMax } = dialectOf(version);
    this.leastFrameMax = initialFrameMax;
    const { problem } = this.frames;
    if (this.state !== 'starting') return NOTHING;
    if (problem?.name === 'frame_too_large' && problem.size <= initialFrameMax)
      return this.accepted('starting', passed);
    this.limitTo(initialFrameMax);
    return NOTHING;
  }

  /**
   * The broker has left a state. It has accepted an error that the client made up to then.
   *
   * @returns the octets after the client's Open, if that was among the octets not read; otherwise empty
   */
  private accepted(last: OpeningState, passed: (method: ConnectionMethod) => void): Uint8Array {
    const { failed, frames, unread } = this;
    if (failed === null || STATES.indexOf(failed.state) > STATES.indexOf(last)) return NOTHING;
    this.failed = null;
    const next = failed.method === null ? undefined : AFTER[failed.method];
    if (next && STATES.indexOf(next) > STATES.indexOf(this.state)) this.state = next;
    if (frames.problem?.name === 'invalid_frame_end_marker') return NOTHING;
    if (unread.isOverflown) return NOTHING;
    const octets = unread.take();
    this.frames = new FrameReader({ maxPayload: MAX_OPENING_PAYLOAD });
    this.limitTo(Number.POSITIVE_INFINITY);
    return this.read(octets, passed);
  }

  private limitTo(maxPayload: number): void {
    this.maxPayload = maxPayload;
    this.frames.maxPayload = Math.min(maxPayload, MAX_OPENING_PAYLOAD);
  }

  /** A frame that the broker accepts may still be too large to be read here. */
  private judgeProblem(): void {
    const { problem } = this.frames;
    if (problem === undefined || (problem.name === 'frame_too_large' && problem.size <= this.maxPayload)) return;
    this.fail(problem.channel, frameError(problem, this.dialect));
    this.unread.add(this.frames.held);
  }

  /** Checks the mechanism of a client that did not wait for Start. This error comes before any other it made. */
  private judgeChosen(): void {
    const error = this.chosen === null ? undefined : mechanismError(this.chosen, this.offered);
    if (!error) return;
    this.failWith(handshakeError({ type: 'error', state: 'starting', channel: 0, error }), error.method, 'starting');
  }

  private take(frame: Frame): ConnectionMethod | undefined {
    const { type, channel, payload } = frame;
    if (channel !== 0) return this.fail(channel, unexpectedFrame(frame, this.dialect));
    if (type === FRAME_TYPE.heartbeat && payload.length === 0) return undefined;
    if (type === FRAME_TYPE.body || (type === FRAME_TYPE.header && payload.length >= 12)) {
      return this.fail(0, unexpectedFrame(frame, this.dialect));
    }
    if (type !== FRAME_TYPE.method || payload.length < 4) {
      return this.fail(0, frameError({ ...frame, name: 'unknown_frame' }, this.dialect));
    }
    return this.method(this.isAmqp08 ? from08(payload) : payload);
  }

  private method(payload: Uint8Array): ConnectionMethod | undefined {
    const [classId, methodId] = [shortAt(payload, 0), shortAt(payload, 2)];
    const name = methodName(classId, methodId);
    if (name === undefined) {
      return this.failWith({ name: 'reader_crashed', term: [new Atom('unknown_method_id'), [classId, methodId]] });
    }
    let method: ConnectionMethod | UnknownMethod;
    try {
      method = decodeMethod(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return this.failWith(handshakeError({ type: 'undecodable', state: this.state, method: name }), name);
    }
    const error = method.name === 'unknown' ? this.unexpected(name) : this.step(method, name);
    if (error) this.fail(0, error);
    // A method with bad content was still sent in the right state, so it counts.
    return method.name === 'unknown' || error?.name === 'channel_error' ? undefined : method;
  }

  private step(method: ConnectionMethod, name: string): AmqpError | undefined {
    switch (method.name) {
      case 'connection.start-ok': {
        if (this.state !== 'starting') return this.unexpected(name);
        this.chosen = method.mechanism;
        const error = loginError(method, this.offered, this.dialect);
        if (!error) this.state = 'tuning';
        return error;
      }
      case 'connection.secure-ok':
        // If the client does not wait, its Secure-Ok may arrive before the Secure.
        if (this.state !== 'securing' && (this.state !== 'tuning' || this.limits !== null))
          return this.unexpected(name);
        this.state = 'tuning';
        return undefined;
      case 'connection.tune-ok':
        if (this.state !== 'tuning') return this.unexpected(name);
        this.state = 'opening';
        this.tuneOk = method;
        this.negotiate(method);
        this.limitTo(method.frameMax || Number.POSITIVE_INFINITY);
        return undefined;
      default:
        // In `opening` the broker answers with a Close, which contains the error.
        return this.state === 'opening' ? undefined : this.unexpected(name);
    }
  }

  private negotiate(asked: TuneLimits): void {
    const text = this.limits && tuneObjection(asked, this.limits, this.leastFrameMax, this.dialect);
    if (text) this.failWith(handshakeError({ type: 'tuning', text }), 'connection.tune_ok', 'tuning');
  }

  private unexpected(method: string): AmqpError {
    return { name: 'channel_error', explanation: `unexpected method in connection state ${this.state}`, method };
  }

  private fail(channel: number, error: AmqpError): undefined {
    const method = error.method === 'none' ? null : error.method;
    return this.failWith(handshakeError({ type: 'error', state: this.state, channel, error }), method);
  }

  private failWith(failure: Failure, method: string | null = null, state: OpeningState = this.state): undefined {
    this.failed = { failure, state, method };
  }
}

const handshakeError = (failure: HandshakeFailure): Failure => ({ name: 'handshake_error', failure });

const shortAt = (octets: Uint8Array, at: number): number => (octets[at] as number) * 256 + (octets[at + 1] as number);
