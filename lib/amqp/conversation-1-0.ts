import { bodyFailure } from './amqp10-body-check.js';
import { Amqp10Direction, layerOf } from './amqp10-direction.js';
import { amqp10Failure } from './amqp10-failure.js';
import type { Amqp10Frame, Amqp10FrameHeader, Amqp10Layer, HeaderVerdict } from './amqp10-frame.js';
import { headerProblem, INITIAL_FRAME_MAX, isPlausible, OFFSET_CRASH } from './amqp10-header-check.js';
import {
  clientOf,
  decodePerformative,
  errorOf,
  maxFrameSizeOf,
  mechanismsOf,
  PERFORMATIVE,
  type Performative,
  saslInitOf,
  serverOf,
} from './amqp10-performative.js';
import type { Amqp10Value } from './amqp10-value.js';
import type { Amqp10Error } from './broker-error.js';
import type { ConnectionClose, Conversation, Passed } from './conversation.js';
import type { Dialect } from './dialect.js';
import { type Handshake, NOTHING_SAID } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import type { Quad } from './header.js';
import type { Broken, Failure } from './reason.js';
import { ONE_STEP_MECHANISMS } from './sasl-login.js';
import type { Stage } from './stage.js';

/**
 * Follows an AMQP 1.0 connection after its protocol header: SASL, the second protocol header and `open`, then only the
 * frame headers, to find `close`. Octets that it cannot parse are ignored.
 *
 * @see rabbit_amqp1_0_reader.erl (3.x plugin), rabbit_amqp_reader.erl (4.x)
 */
export class Conversation10 implements Conversation {
  stage: Stage = 'starting';
  readonly protocol = '1.0';
  handshake: Handshake = NOTHING_SAID;
  hasStart = false;
  hasStartOk = false;
  readonly answersRefusedLogin = true;
  /** After a refused login: 3 s before the outcome, and 3 s after it. */
  readonly sleep = 6_000;
  pending: 'login' | 'open' | null = null;
  failure: Failure | null = null;
  close: ConnectionClose | null = null;
  brokerError: Amqp10Error | null = null;
  dialect: Dialect;
  /** The mechanisms that the broker offered; null: not yet. */
  private offered: readonly Amqp10Value[] | null = null;
  /** The client's error after its `open`. */
  private rejected: Broken | null = null;
  private hasFramingError = false;
  private readonly client: Amqp10Direction;
  private readonly upstream: Amqp10Direction;
  private readonly passed: Passed;

  /** @param withSasl whether the protocol id of the header was 3 */
  constructor(dialect: Dialect, withSasl: boolean, passed: Passed) {
    this.dialect = dialect;
    this.passed = passed;
    const layer = withSasl ? 'sasl' : 'amqp';
    this.client = new Amqp10Direction(layer, {
      judgeHeader: (header) => this.judgeHeader(header),
      frame: (frame) => this.fromClientFrame(frame),
      secondHeader: (octets) => this.secondHeader(octets),
    });
    // The broker's answer to the header has been read already.
    this.upstream = new Amqp10Direction(layer, {
      judgeHeader: (header) => (isPlausible(header, this.upstream.frames.layer) ? 'frame' : 'stop'),
      frame: ({ body }) => this.fromUpstreamFrame(body),
      secondHeader: layerOf,
    });
    this.client.frames.frameMax = INITIAL_FRAME_MAX;
    this.upstream.frames.frameMax = Number.POSITIVE_INFINITY;
  }

  get hasChannel(): boolean {
    return this.client.frames.hasOthers;
  }

  get callback(): HandshakeCallback {
    return this.client.callback;
  }

  get broken(): Broken | null {
    return this.stage === 'running' || this.stage === 'closing' || this.stage === 'closed' ? this.rejected : null;
  }

  get unreadable(): 'client' | 'upstream' | null {
    if (this.client.frames.isLost || this.hasFramingError) return 'client';
    return this.upstream.frames.isLost ? 'upstream' : null;
  }

  /** 3.x refuses with an error in its `close`. */
  get refusedOpen(): Failure | null {
    const { vhost } = this.handshake;
    if (this.pending !== 'open' || vhost === null || !this.dialect.amqp10Native) return null;
    return amqp10Failure({ type: 'unknown vhost', vhost }, this.dialect);
  }

  /** The broker answered the client's protocol header with its own. */
  answered(quad: Quad): void {
    if (this.upstream.expected === 'amqp' && quad.join() === '0,1,0,0') this.hasStart = true;
  }

  fromClient(octets: Uint8Array): void {
    if (this.failure === null) this.client.read(octets);
  }

  fromUpstream(octets: Uint8Array): void {
    this.upstream.read(octets);
  }

  private secondHeader(octets: Uint8Array): Amqp10Layer | null {
    const layer = layerOf(octets);
    if (layer === 'amqp' || (layer === 'sasl' && !this.dialect.amqp10Native)) return layer;
    this.failure = amqp10Failure({ type: 'bad second header', octets }, this.dialect);
    return null;
  }

  private fromClientFrame({ header, body }: Amqp10Frame): void {
    const { frames, expected } = this.client;
    if (header.dataOffset * 4 > header.size) {
      frames.isLost = true;
      if (frames.returnsAll) this.failure = OFFSET_CRASH;
      else this.rejected ??= OFFSET_CRASH;
      return;
    }
    const performative = decodePerformative(body);
    if (frames.returnsAll) {
      const { dialect, hasStartOk: hasLogin } = this;
      this.failure = bodyFailure({ header, body }, performative, { layer: frames.layer, hasLogin, dialect });
      // The size of this frame may be wrong, and the next octets the rest of a secret: stop parsing.
      frames.isLost = this.failure !== null;
      if (frames.isLost) return;
    }
    if (performative?.code === PERFORMATIVE.saslInit && expected === 'sasl') this.login(performative);
    if (performative?.code === PERFORMATIVE.open) this.open(performative);
    if (performative?.code === PERFORMATIVE.close) {
      frames.returnsAll = false;
      this.closing('client', performative);
    }
  }

  private open({ fields }: Performative): void {
    // A second one is an error, which the broker reports.
    if (!this.client.frames.returnsAll) return;
    this.client.frames.returnsAll = false;
    // Its new limit is not known until the broker's `open`, and the client need not wait for that.
    this.client.frames.frameMax = Number.POSITIVE_INFINITY;
    this.handshake = { ...this.handshake, ...clientOf(fields) };
    this.pending ??= 'open';
    if (this.stage !== 'starting') this.stage = 'opening';
    this.passed('connection.open');
  }

  private login({ fields }: Performative): void {
    this.handshake = { ...this.handshake, ...saslInitOf(fields) };
    this.hasStartOk = true;
    this.pending = 'login';
    this.checkMechanism();
    // These mechanisms have no challenge: the second header is next, and a client may send it before the outcome.
    if (ONE_STEP_MECHANISMS.includes(this.handshake.mechanism ?? '')) this.client.expected = 'header';
    this.passed('connection.start-ok');
  }

  private fromUpstreamFrame(body: Uint8Array): void {
    const performative = decodePerformative(body);
    switch (performative?.code) {
      case PERFORMATIVE.saslMechanisms:
        this.hasStart = true;
        this.offered = mechanismsOf(performative.fields);
        // A client may have chosen one before it received them.
        this.checkMechanism();
        this.passed('connection.start');
        break;
      case PERFORMATIVE.saslOutcome:
        this.loginOutcome(performative);
        break;
      case PERFORMATIVE.open:
        this.handshake = { ...this.handshake, ...serverOf(performative.fields) };
        this.client.frames.frameMax = maxFrameSizeOf(performative.fields);
        for (const { frames } of [this.client, this.upstream]) frames.returnsAll = false;
        this.failure = null;
        this.pending = null;
        this.stage = 'running';
        this.passed('connection.open-ok');
        break;
      case PERFORMATIVE.close:
        this.closing('upstream', performative);
        break;
    }
  }

  private loginOutcome({ fields: [code] }: Performative): void {
    if (code !== 0) {
      const { mechanism, user } = this.handshake;
      this.pending = null;
      // What the client sent meanwhile was never read.
      this.failure = amqp10Failure({ type: 'login refused', mechanism, user }, this.dialect);
      return;
    }
    if (this.client.expected === 'sasl') {
      this.client.expected = 'header';
      // What was an error in SASL frames is none for this broker.
      this.failure = null;
    }
    this.upstream.expected = 'header';
    this.pending = this.handshake.vhost === null ? null : 'open';
    this.stage = this.pending === 'open' ? 'opening' : 'tuning';
    this.passed('connection.tune');
  }

  /** Checks the client's mechanism against those that the broker offered, if both are known. */
  private checkMechanism(): void {
    const { mechanism } = this.handshake;
    if (mechanism === null || this.offered?.includes(mechanism) !== false) return;
    // The mechanism is the client's first error, and the broker does not answer it.
    this.pending = null;
    this.failure = amqp10Failure({ type: 'unknown mechanism', mechanism }, this.dialect);
  }

  private closing(by: 'client' | 'upstream', { fields }: Performative): void {
    // A 3.x broker that closed with an error sends another close in reply to the client's close.
    if (this.stage === 'closed') return;
    const isAnswer = this.close !== null && this.close.by !== by;
    this.pending = null;
    const { condition, description: text } = errorOf(fields);
    this.close ??= { by, code: null, name: condition, text };
    if (by === 'upstream' && condition !== null) {
      this.brokerError ??= { condition, text, channel: this.client.frames.channel, stage: this.stage };
    }
    this.stage = isAnswer ? 'closed' : 'closing';
    this.passed(isAnswer ? 'connection.close-ok' : 'connection.close');
  }

  /** What the broker does about a frame header from the client. */
  private judgeHeader(header: Amqp10FrameHeader): HeaderVerdict {
    const { layer, returnsAll, frameMax } = this.client.frames;
    const problem = headerProblem(header, layer, frameMax, this.dialect);
    if (problem === null) return 'frame';
    if (returnsAll) {
      this.failure = amqp10Failure({ type: 'bad frame header', layer, problem }, this.dialect);
      return 'stop';
    }
    // The broker reports it in its Close, and reads on.
    if (problem.type === 'framing') {
      this.hasFramingError = true;
      return 'next header';
    }
    this.rejected ??= problem.type === 'crash' ? problem.reason : { name: 'frame_error', term: problem.term };
    return 'stop';
  }
}
