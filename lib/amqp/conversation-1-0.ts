import { amqp10Failure, badFrameHeader } from './amqp10-failure.js';
import { type Amqp10FrameHeader, Amqp10FrameReader } from './amqp10-frame.js';
import {
  clientOf,
  decodePerformative,
  errorOf,
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
import { HEADER_LENGTH, type Quad, quadOf } from './header.js';
import { appendHeader } from './header-octets.js';
import type { Failure } from './reason.js';
import type { Stage } from './stage.js';

/** What a side sends next: SASL frames, the second protocol header, or AMQP frames. */
type Expected = 'sasl' | 'header' | 'amqp';

/** One direction of the connection. */
class Direction {
  readonly frames: Amqp10FrameReader;
  expected: Expected;
  header: Uint8Array = new Uint8Array();

  constructor(expected: 'sasl' | 'amqp', accepts: (header: Amqp10FrameHeader) => boolean) {
    this.expected = expected;
    this.frames = new Amqp10FrameReader(expected, accepts);
  }
}

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
  /** The mechanisms that the broker offered; null: not yet. */
  private offered: readonly Amqp10Value[] | null = null;
  private readonly client: Direction;
  private readonly upstream: Direction;
  private readonly dialect: Dialect;
  private readonly passed: Passed;

  /** @param withSasl whether the protocol id of the header was 3 */
  constructor(dialect: Dialect, withSasl: boolean, passed: Passed) {
    this.dialect = dialect;
    this.passed = passed;
    const layer = withSasl ? 'sasl' : 'amqp';
    this.client = new Direction(layer, (header) => this.accepts(header));
    // The broker's answer to the header has been read already.
    this.upstream = new Direction(layer, () => true);
  }

  get callback(): HandshakeCallback {
    const { expected, frames } = this.client;
    if (expected === 'header') return { name: 'handshake' };
    if (frames.inside === null) return { name: 'amqp10_header', layer: frames.layer };
    const { dataOffset, channel } = frames.inside;
    return { name: 'amqp10_body', layer: frames.layer, dataOffset, channel };
  }

  get unreadable(): 'client' | 'upstream' | null {
    if (this.client.frames.isLost) return 'client';
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
    if (this.failure === null) this.read(this.client, octets, (body) => this.fromClientFrame(body));
  }

  fromUpstream(octets: Uint8Array): void {
    this.read(this.upstream, octets, (body) => this.fromUpstreamFrame(body));
  }

  private read(direction: Direction, octets: Uint8Array, take: (body: Uint8Array) => void): void {
    let rest = octets;
    while (rest.length > 0) {
      if (direction.expected === 'header') {
        rest = this.takeHeader(direction, rest);
        continue;
      }
      const [frame, others] = direction.frames.next(rest);
      rest = others;
      if (frame) take(frame.body);
    }
  }

  private takeHeader(direction: Direction, octets: Uint8Array): Uint8Array {
    const missing = HEADER_LENGTH - direction.header.length;
    direction.header = appendHeader(direction.header, octets);
    if (direction.header.length < HEADER_LENGTH) return NOTHING;
    direction.expected = 'amqp';
    direction.frames.layer = 'amqp';
    if (direction === this.client && quadOf(direction.header)?.join() !== '0,1,0,0') {
      this.failure = amqp10Failure({ type: 'bad second header', octets: direction.header }, this.dialect);
      return NOTHING;
    }
    return octets.subarray(missing);
  }

  private fromClientFrame(body: Uint8Array): void {
    const performative = decodePerformative(body);
    if (performative === undefined) {
      // The size of this frame may be wrong, and the next octets the rest of a secret: stop parsing.
      this.client.frames.isLost ||= this.client.expected === 'sasl';
    } else if (performative.code === PERFORMATIVE.saslInit && this.client.expected === 'sasl') {
      this.login(performative);
    } else if (performative.code === PERFORMATIVE.open) {
      this.handshake = { ...this.handshake, ...clientOf(performative.fields) };
      this.pending ??= 'open';
      if (this.stage !== 'starting') this.stage = 'opening';
      this.passed('connection.open');
    } else if (performative.code === PERFORMATIVE.close) this.closing('client', performative);
  }

  private login({ fields }: Performative): void {
    this.handshake = { ...this.handshake, ...saslInitOf(fields) };
    this.hasStartOk = true;
    this.pending = 'login';
    this.checkMechanism();
    // These mechanisms have no challenge: the second header is next, and a client may send it before the outcome.
    const { mechanism } = this.handshake;
    if (mechanism === 'PLAIN' || mechanism === 'ANONYMOUS' || mechanism === 'EXTERNAL') this.client.expected = 'header';
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
      this.failure ??= amqp10Failure({ type: 'login refused', mechanism, user }, this.dialect);
      return;
    }
    if (this.client.expected === 'sasl') this.client.expected = 'header';
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

  /** Whether the broker accepts a frame header from the client. */
  private accepts(header: Amqp10FrameHeader): boolean {
    if (this.stage === 'running') return true;
    this.failure ??= badFrameHeader(header, this.client.frames.layer, this.dialect);
    return this.failure === null;
  }
}

const NOTHING = new Uint8Array();
