import { type AmqpError, frameError, malformedPlain, unexpectedFrame } from './amqp-error.js';
import { type ConnectionMethod, decodeMethod, from08, type UnknownMethod } from './connection-methods.js';
import type { Dialect } from './dialect.js';
import { Atom } from './erlang-pretty.js';
import { FRAME_TYPE, type Frame, type FrameCallback } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { MalformedError } from './malformed-error.js';
import { methodName } from './method-name.js';
import type { Failure } from './reason.js';
import { loginOf } from './sasl-login.js';
import type { OpeningState } from './stage.js';

/** The mechanisms that a broker knows, whether it offers them or not. rabbit_auth_mechanism_*.erl */
const KNOWN_MECHANISMS = ['PLAIN', 'AMQPLAIN', 'RABBIT-CR-DEMO', 'EXTERNAL', 'ANONYMOUS'];

/** The limits in the broker's Tune; 0: no limit. */
type Limits = { readonly channelMax: number; readonly frameMax: number };

const NOTHING = new Uint8Array();

/** Maximum payload that is buffered, in octets. A larger frame cannot be an Open. */
const MAX_PAYLOAD = 8192;

/**
 * Imitates RabbitMQ's reader while a connection is opened: its state, what it waits for, and the client's error, which
 * the broker reports only in its log.
 *
 * It assumes that each login succeeds. Whether one failed can be inferred only from the broker's answer, or its
 * absence.
 *
 * @see rabbit_reader.erl, `handle_input`, `handle_frame`, `handle_method0`, `handle_exception`,
 *   `validate_negotiated_integer_value`
 */
export class Reader {
  state: OpeningState = 'starting';
  /** The client's error, after which the broker ends the connection without a reply; null: none. */
  failure: Failure | null = null;
  private readonly dialect: Dialect;
  private readonly isAmqp08: boolean;
  private readonly frames: FrameReader;
  /** The mechanisms in the broker's Start. */
  private offered: readonly string[] | null = null;
  /** The mechanism in the client's Start-Ok. */
  private chosen: string | null = null;
  private limits: Limits | null = null;
  private tuneOk: Limits | null = null;

  constructor(dialect: Dialect, isAmqp08: boolean) {
    this.dialect = dialect;
    this.isAmqp08 = isAmqp08;
    // RabbitMQ applies the limit to the payload, not to the whole frame.
    this.frames = new FrameReader({ maxPayload: dialect.initialFrameMax });
  }

  get callback(): FrameCallback {
    return this.frames.callback;
  }

  /** Whether the client's octets are no longer frames. */
  get isLost(): boolean {
    return this.frames.problem !== undefined;
  }

  /** Octets that were read and are not part of a complete frame. */
  get held(): Uint8Array {
    return this.frames.held;
  }

  /**
   * Reads octets from the client, up to its Open.
   *
   * @param passed called for each of its Connection methods
   * @returns the octets after the Open; empty before that
   */
  read(octets: Uint8Array, passed: (method: ConnectionMethod) => void): Uint8Array {
    let rest = octets;
    while (!this.failure) {
      const [frame, others] = this.frames.next(rest);
      if (!frame) break;
      rest = others;
      const method = this.take(frame);
      if (method) passed(method);
      if (method?.name === 'connection.open') return rest;
    }
    const { problem } = this.frames;
    if (problem && !this.failure) this.fail(problem.channel, frameError(problem, this.dialect));
    return NOTHING;
  }

  /** Takes a method from the broker, on which depends what is an error. */
  fromUpstream(method: ConnectionMethod): void {
    if (method.name === 'connection.start') {
      this.offered = method.mechanisms.split(' ');
      this.judgeChosen();
    }
    if (method.name === 'connection.secure') this.state = 'securing';
    if (method.name !== 'connection.tune') return;
    this.limits = method;
    if (this.tuneOk && !this.failure) this.negotiate(this.tuneOk);
  }

  /** Checks the mechanism of a client that did not wait for Start. This error comes before any other it made. */
  private judgeChosen(): void {
    const error = this.chosen === null ? undefined : this.mechanismError(this.chosen);
    if (error)
      this.failure = { name: 'handshake_error', failure: { type: 'error', state: 'starting', channel: 0, error } };
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
      this.failure = { name: 'reader_crashed', term: [new Atom('unknown_method_id'), [classId, methodId]] };
      return undefined;
    }
    let method: ConnectionMethod | UnknownMethod;
    try {
      method = decodeMethod(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.failure = { name: 'handshake_error', failure: { type: 'undecodable', state: this.state, method: name } };
      return undefined;
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
        const error = this.login(method);
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
        this.frames.maxPayload = Math.min(method.frameMax || MAX_PAYLOAD, MAX_PAYLOAD);
        return undefined;
      default:
        // In `opening` the broker answers with a Close, which contains the error.
        return this.state === 'opening' ? undefined : this.unexpected(name);
    }
  }

  private login({ mechanism, response }: Extract<ConnectionMethod, { name: 'connection.start-ok' }>) {
    const method = 'connection.start_ok';
    this.chosen = mechanism;
    const error = this.mechanismError(mechanism);
    if (error) return error;
    if (loginOf(mechanism, response) !== null) return undefined;
    if (mechanism === 'PLAIN') return malformedPlain(response, this.dialect);
    if (mechanism !== 'AMQPLAIN') return undefined;
    // A malformed table causes another error in RabbitMQ, whose stack trace is not imitated.
    return { name: 'syntax_error', explanation: 'AMQPLAIN auth info [] is missing LOGIN or PASSWORD field', method };
  }

  private mechanismError(mechanism: string): AmqpError | undefined {
    const isKnown = KNOWN_MECHANISMS.includes(mechanism);
    if (this.offered === null ? isKnown : this.offered.includes(mechanism)) return undefined;
    const explanation = `${isKnown ? 'invalid' : 'unknown'} authentication mechanism '${mechanism}'`;
    return { name: 'command_invalid', explanation, method: 'connection.start_ok' };
  }

  private negotiate(asked: Limits): void {
    const text = this.objection(asked);
    if (text !== undefined) this.failure = { name: 'handshake_error', failure: { type: 'tuning', text } };
  }

  /** Why the broker rejects a Tune-Ok, if its Tune is known; undefined if it accepts it. */
  private objection({ channelMax, frameMax }: Limits): string | undefined {
    if (this.limits === null) return undefined;
    const { initialFrameMax: least } = this.dialect;
    if (frameMax !== 0 && frameMax < least) {
      return `negotiated frame_max = ${frameMax} is lower than the minimum allowed value (${least})`;
    }
    const noLimit = channelMax === 0 && this.dialect.tuningFailure === 'sentence' ? ' (no limit)' : '';
    return (
      tooHigh('frame_max', frameMax, this.limits.frameMax, '') ??
      tooHigh('channel_max', channelMax, this.limits.channelMax, noLimit)
    );
  }

  private unexpected(method: string): AmqpError {
    return { name: 'channel_error', explanation: `unexpected method in connection state ${this.state}`, method };
  }

  private fail(channel: number, error: AmqpError): undefined {
    this.failure = { name: 'handshake_error', failure: { type: 'error', state: this.state, channel, error } };
  }
}

const shortAt = (octets: Uint8Array, at: number): number => (octets[at] as number) * 256 + (octets[at + 1] as number);

function tooHigh(field: string, asked: number, limit: number, remark: string): string | undefined {
  if (limit === 0 || (asked !== 0 && asked <= limit)) return undefined;
  return `negotiated ${field} = ${asked}${remark} is higher than the maximum allowed value (${limit})`;
}
