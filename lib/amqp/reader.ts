import { type AmqpError, frameError, frameObjection } from './amqp-error.js';
import { decodeInPlace, type FollowedMethod, from08, type UnknownMethod } from './connection-methods.js';
import { type Dialect, factOf } from './dialect.js';
import { Atom } from './erlang-pretty.js';
import { type Fields, textOf } from './field-table.js';
import { FRAME_TYPE, type Frame, type FrameCallback } from './frame.js';
import { loginError, mechanismError } from './login-error.js';
import { MalformedError } from './malformed-error.js';
import { methodName } from './method-name.js';
import { OpeningFrames } from './opening-frames.js';
import { rabbitmqVersion } from './rabbitmq-version.js';
import type { Failure, HandshakeFailure } from './reason.js';
import { isLater, type OpeningState, STATE_AFTER } from './stage.js';
import { type TuneLimits, tuneObjection } from './tune-objection.js';

const NOTHING: Uint8Array = new Uint8Array();

type Start = Extract<FollowedMethod, { name: 'connection.start' }>;

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
  private failed: Failed | null = null;
  readonly frames: OpeningFrames;
  /** The largest payload read up to Start-Ok, in octets. */
  largest = 0;
  private readonly accepts: number;
  private readonly isAmqp08: boolean;
  /** The lowest frame size that a client may ask for, in octets. */
  private leastFrameMax: number;
  /** The mechanisms in the broker's Start. */
  private offered: readonly string[] | null = null;
  /** The mechanism in the client's Start-Ok. */
  private chosen: string | null = null;
  private limits: TuneLimits | null = null;
  private tuneOk: TuneLimits | null = null;

  /** @param accepts the largest payload that the broker is known to accept before Tune-Ok, in octets; 0: not known */
  constructor(dialect: Dialect, isAmqp08: boolean, accepts = 0) {
    this.dialect = dialect;
    this.accepts = accepts;
    this.isAmqp08 = isAmqp08;
    this.leastFrameMax = dialect.initialFrameMax;
    this.frames = new OpeningFrames(Math.max(dialect.initialFrameMax, accepts));
  }

  /** The client's error, after which the broker ends the connection without a reply; null: none. */
  get failure(): Failure | null {
    return this.failed?.failure ?? null;
  }

  /** What the broker waits for, if it has not rejected anything. */
  get callback(): FrameCallback {
    return this.frames.callback;
  }

  /** Whether the client's octets are no longer frames. */
  get isLost(): boolean {
    return this.frames.isLost;
  }

  /**
   * Reads octets from the client, up to its Open.
   *
   * @param passed called for each of its Connection methods
   * @returns the octets after the Open; empty before that
   */
  read(octets: Uint8Array, passed: (method: FollowedMethod) => void): Uint8Array {
    let rest = octets;
    while (!this.failed) {
      const [frame, others] = this.frames.next(rest);
      rest = others;
      if (!frame) {
        const { problem } = this.frames;
        if (!problem) return NOTHING;
        this.fail(problem.channel, frameError(problem, this.dialect));
        break;
      }
      const method = this.take(frame);
      if (method) passed(method);
      if (method?.name === 'connection.open') return rest;
    }
    this.frames.keep(rest);
    return NOTHING;
  }

  /**
   * Takes a method from the broker, on which depends what is an error.
   *
   * @param passed called for each method from the client that the broker has accepted although it was an error here
   * @returns the octets after the client's Open, if that is one of these methods; otherwise empty
   */
  fromUpstream(method: FollowedMethod, passed: (method: FollowedMethod) => void): Uint8Array {
    switch (method.name) {
      case 'connection.start':
        return this.started(method, passed);
      case 'connection.secure': {
        const rest = this.accepted('starting', passed);
        this.state = 'securing';
        return rest;
      }
      case 'connection.tune': {
        const rest = this.accepted('securing', passed);
        this.limits = method;
        if (this.tuneOk && !this.failed) this.negotiate(this.tuneOk);
        return rest;
      }
      case 'connection.open-ok':
        return this.accepted('opening', passed);
      case 'connection.close':
        // Before Tune, this is the answer to a login. Later, it may be the answer to an error.
        return this.limits === null ? this.accepted('securing', passed) : NOTHING;
      default:
        return NOTHING;
    }
  }

  private started({ serverProperties, mechanisms }: Start, passed: (method: FollowedMethod) => void): Uint8Array {
    this.offered = mechanisms.split(' ');
    // The client did not wait for Start. This error comes before any other that it made.
    const error = this.chosen === null ? undefined : mechanismError(this.chosen, this.offered);
    if (error)
      this.failWith(handshakeError({ type: 'error', state: 'starting', channel: 0, error }), error.method, 'starting');
    return this.identified(serverProperties, passed);
  }

  /** The broker's limits follow from its version, whatever the dialect. */
  private identified(properties: Fields, passed: (method: FollowedMethod) => void): Uint8Array {
    const said = textOf(properties, 'version');
    const version = said === this.dialect.name ? said : rabbitmqVersion(textOf(properties, 'product'), said);
    if (version === undefined || version === this.dialect.name) return NOTHING;
    this.leastFrameMax = factOf('initialFrameMax', version);
    if (this.state !== 'starting') return NOTHING;
    const maxPayload = Math.max(this.leastFrameMax, this.accepts);
    this.frames.limitTo(maxPayload);
    return this.isLost && !this.frames.problem ? this.accepted('starting', passed, maxPayload) : NOTHING;
  }

  /**
   * The broker has left a state. It has accepted an error that the client made up to then.
   *
   * @returns the octets after the client's Open, if that was among the octets not read; otherwise empty
   */
  private accepted(
    last: OpeningState,
    passed: (method: FollowedMethod) => void,
    maxPayload = Number.POSITIVE_INFINITY,
  ): Uint8Array {
    const { failed } = this;
    if (failed === null || isLater(failed.state, last)) return NOTHING;
    this.failed = null;
    const next = failed.method === null ? undefined : STATE_AFTER[failed.method];
    if (next && isLater(next, this.state)) this.state = next;
    return this.read(this.frames.takeKept(maxPayload), passed);
  }

  private take(frame: Frame): FollowedMethod | undefined {
    const { type, channel, payload } = frame;
    if (this.state === 'starting') this.largest = Math.max(this.largest, payload.length);
    const error = frameObjection(frame, this.dialect);
    if (error) return this.fail(channel, error);
    if (type === FRAME_TYPE.heartbeat) return undefined;
    return this.method(this.isAmqp08 ? from08(payload) : payload);
  }

  private method(payload: Uint8Array): FollowedMethod | undefined {
    const [classId, methodId] = [shortAt(payload, 0), shortAt(payload, 2)];
    const name = methodName(classId, methodId);
    if (name === undefined) {
      return this.failWith({ name: 'reader_crashed', term: [new Atom('unknown_method_id'), [classId, methodId]] });
    }
    let method: FollowedMethod | UnknownMethod;
    try {
      method = decodeInPlace(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return this.failWith(handshakeError({ type: 'undecodable', state: this.state, method: name }), name);
    }
    const error = method.name === 'unknown' ? this.unexpected(name) : this.step(method, name);
    if (error) this.fail(0, error);
    // A method with bad content was still sent in the right state, so it counts.
    return method.name === 'unknown' || error?.name === 'channel_error' ? undefined : method;
  }

  private step(method: FollowedMethod, name: string): AmqpError | undefined {
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
        this.frames.limitTo(method.frameMax || Number.POSITIVE_INFINITY);
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
