import { amqp10Failure, badFrameHeader } from './amqp10-failure.js';
import { type Amqp10FrameHeader, Amqp10FrameReader } from './amqp10-frame.js';
import { type Amqp10Value, decodeAmqp10 } from './amqp10-value.js';
import type { Amqp10Error } from './broker-error.js';
import type { ConnectionClose, Conversation, Passed } from './conversation.js';
import type { Dialect } from './dialect.js';
import { type Handshake, NOTHING_SAID } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { HEADER_LENGTH, quadOf } from './header.js';
import { MalformedError } from './malformed-error.js';
import type { Failure } from './reason.js';
import { loginOf } from './sasl-login.js';
import type { Stage } from './stage.js';

/** The performatives that are read. @see AMQP 1.0, sections 2.7 and 5.3.3 */
const PERFORMATIVE = { open: 0x10, close: 0x18, saslMechanisms: 0x40, saslInit: 0x41, saslOutcome: 0x44 } as const;

/** What a side is about to send: frames of SASL, the second header, or frames. */
type Expected = 'sasl' | 'header' | 'amqp';

/** One direction of the connection. */
class Direction {
  readonly frames: Amqp10FrameReader;
  expected: Expected;
  header = new Uint8Array();

  constructor(expected: 'sasl' | 'amqp', accepts: (header: Amqp10FrameHeader) => boolean) {
    this.expected = expected;
    this.frames = new Amqp10FrameReader(expected, accepts);
  }
}

/**
 * Follows a connection of AMQP 1.0 behind its protocol header: SASL, the second header, open, and then only frame
 * headers, for close. What it cannot follow it leaves alone.
 *
 * @see rabbit_amqp1_0_reader.erl (3.x plugin), rabbit_amqp_reader.erl (4.x)
 */
export class Conversation10 implements Conversation {
  stage: Stage = 'starting';
  readonly protocol = '1.0';
  handshake: Handshake = NOTHING_SAID;
  hasStartOk = false;
  /** A login that is refused: 3 s until the outcome, and 3 more. */
  readonly sleep = 6_000;
  pending: 'login' | 'open' | null = null;
  failure: Failure | null = null;
  close: ConnectionClose | null = null;
  brokerError: Amqp10Error | null = null;
  /** The mechanisms that the broker takes. */
  private offered: readonly Amqp10Value[] | null = null;
  private readonly client: Direction;
  private readonly upstream: Direction;
  private readonly dialect: Dialect;
  private readonly passed: Passed;

  /** @param withSasl the protocol id of the header was 3 */
  constructor(dialect: Dialect, withSasl: boolean, passed: Passed) {
    this.dialect = dialect;
    this.passed = passed;
    const layer = withSasl ? 'sasl' : 'amqp';
    this.client = new Direction(layer, (header) => this.accepts(header));
    // Its answer to the header has been read.
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

  /** 3.x closes with an error. */
  get refusedOpen(): Failure | null {
    const { vhost } = this.handshake;
    if (this.pending !== 'open' || vhost === null || !this.dialect.amqp10Native) return null;
    return amqp10Failure({ type: 'unknown vhost', vhost }, this.dialect);
  }

  fromClient(octets: Uint8Array): void {
    if (this.failure === null) this.read(this.client, octets, (body) => this.clientSaid(body));
  }

  fromUpstream(octets: Uint8Array): void {
    this.read(this.upstream, octets, (body) => this.upstreamSaid(body));
  }

  private read(direction: Direction, octets: Uint8Array, said: (body: Uint8Array) => void): void {
    let rest = octets;
    while (rest.length > 0) {
      if (direction.expected === 'header') {
        rest = this.takeHeader(direction, rest);
        continue;
      }
      const [frame, others] = direction.frames.next(rest);
      rest = others;
      if (frame) said(frame.body);
    }
  }

  private takeHeader(direction: Direction, octets: Uint8Array): Uint8Array {
    const missing = HEADER_LENGTH - direction.header.length;
    direction.header = Uint8Array.from([...direction.header, ...octets.subarray(0, missing)]);
    if (direction.header.length < HEADER_LENGTH) return NOTHING;
    direction.expected = 'amqp';
    direction.frames.layer = 'amqp';
    if (direction === this.client && quadOf(direction.header)?.join() !== '0,1,0,0') {
      this.failure = amqp10Failure({ type: 'bad second header', octets: direction.header }, this.dialect);
      return NOTHING;
    }
    return octets.subarray(missing);
  }

  private clientSaid(body: Uint8Array): void {
    const said = performative(body);
    if (!said) {
      // Its frame is not as long as it says: what follows may be the rest of a secret, and is not looked at.
      this.client.frames.isLost ||= this.client.expected === 'sasl';
      return;
    }
    const [code, fields] = said;
    if (code === PERFORMATIVE.saslInit && this.client.expected === 'sasl') {
      const [mechanism, response] = fields;
      const name = typeof mechanism === 'string' ? mechanism : null;
      const user = name !== null && response instanceof Uint8Array ? loginOf(name, response) : null;
      this.handshake = { ...this.handshake, mechanism: name, user };
      this.hasStartOk = true;
      this.pending = 'login';
      this.checkMechanism();
      // Unless the mechanism asks for more, a header is next, and a client need not wait for the outcome.
      if (name === 'PLAIN' || name === 'ANONYMOUS' || name === 'EXTERNAL') this.client.expected = 'header';
      this.passed('connection.start-ok');
    } else if (code === PERFORMATIVE.open) {
      this.handshake = { ...this.handshake, ...clientOf(fields) };
      this.pending ??= 'open';
      if (this.stage !== 'starting') this.stage = 'opening';
      this.passed('connection.open');
    } else if (code === PERFORMATIVE.close) this.closing('client', fields);
  }

  private upstreamSaid(body: Uint8Array): void {
    const said = performative(body);
    if (!said) return;
    const [code, fields] = said;
    if (code === PERFORMATIVE.saslMechanisms) {
      const [offered] = fields;
      this.offered = Array.isArray(offered) ? offered : [offered ?? null];
      // A client need not wait for them.
      this.checkMechanism();
      this.passed('connection.start');
    } else if (code === PERFORMATIVE.saslOutcome) {
      if (fields[0] !== 0) {
        const { mechanism, user } = this.handshake;
        this.pending = null;
        this.failure ??= amqp10Failure({ type: 'login refused', mechanism, user }, this.dialect);
        return;
      }
      this.client.expected = this.client.expected === 'sasl' ? 'header' : this.client.expected;
      this.upstream.expected = 'header';
      this.pending = this.handshake.vhost === null ? null : 'open';
      this.stage = this.pending === 'open' ? 'opening' : 'tuning';
      this.passed('connection.tune');
    } else if (code === PERFORMATIVE.open) {
      const { product, version } = propertiesOf(fields);
      this.handshake = { ...this.handshake, serverProduct: product, serverVersion: version };
      this.pending = null;
      this.stage = 'running';
      this.passed('connection.open-ok');
    } else if (code === PERFORMATIVE.close) this.closing('upstream', fields);
  }

  /** A mechanism must be one of those that the broker takes, once they are known. */
  private checkMechanism(): void {
    const { mechanism } = this.handshake;
    if (mechanism === null || this.offered?.includes(mechanism) !== false) return;
    // It came before whatever else is wrong, and will not be answered.
    this.pending = null;
    this.failure = amqp10Failure({ type: 'unknown mechanism', mechanism }, this.dialect);
  }

  private closing(by: 'client' | 'upstream', [error]: readonly Amqp10Value[]): void {
    // A 3.x broker that closed with an error answers the answer with one close more.
    if (this.stage === 'closed') return;
    const isAnswer = this.close !== null && this.close.by !== by;
    this.pending = null;
    const [condition, description] = fieldsOf(error ?? null);
    const name = typeof condition === 'string' ? condition : null;
    const text = typeof description === 'string' ? description : '';
    this.close ??= { by, code: null, name, text };
    if (by === 'upstream' && name !== null) {
      this.brokerError ??= { condition: name, text, channel: this.client.frames.channel, stage: this.stage };
    }
    this.stage = isAnswer ? 'closed' : 'closing';
    this.passed(isAnswer ? 'connection.close-ok' : 'connection.close');
  }

  /** Whether the broker takes a frame header of the client. */
  private accepts(header: Amqp10FrameHeader): boolean {
    if (this.stage === 'running') return true;
    this.failure ??= badFrameHeader(header, this.client.frames.layer, this.dialect);
    return this.failure === null;
  }
}

const NOTHING = new Uint8Array();

/** The code and the fields of a performative; undefined for anything else. */
function performative(body: Uint8Array): readonly [code: number, fields: readonly Amqp10Value[]] | undefined {
  try {
    const value = decodeAmqp10(body);
    const code = isDescribed(value) ? value.descriptor : null;
    return code === null ? undefined : [Number(code), fieldsOf(value)];
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

type Described = { readonly descriptor: Amqp10Value; readonly value: Amqp10Value };

const isDescribed = (value: Amqp10Value): value is Described =>
  value !== null && typeof value === 'object' && 'descriptor' in value;

/** The list that a described value holds. */
const fieldsOf = (value: Amqp10Value): readonly Amqp10Value[] =>
  isDescribed(value) && Array.isArray(value.value) ? value.value : [];

/** What `open` says of its sender: product and version, from its properties. */
function propertiesOf(fields: readonly Amqp10Value[]) {
  const properties = fields[9];
  const text = (name: string): string | null => {
    const value = properties instanceof Map ? properties.get(name) : null;
    return typeof value === 'string' ? value : null;
  };
  return { product: text('product'), version: text('version'), platform: text('platform') };
}

/** A client's `open`; RabbitMQ takes the virtual host from a hostname of the form `vhost:NAME`, else its default one. */
function clientOf(fields: readonly Amqp10Value[]) {
  const [container, hostname, frameMax, channelMax] = fields;
  const vhost = typeof hostname === 'string' && hostname.startsWith('vhost:') ? hostname.slice('vhost:'.length) : '/';
  return {
    ...propertiesOf(fields),
    connectionName: typeof container === 'string' ? container : null,
    vhost,
    frameMax: typeof frameMax === 'number' ? frameMax : null,
    channelMax: typeof channelMax === 'number' ? channelMax : null,
  };
}
