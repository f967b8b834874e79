import type { BrokerError } from './broker-error.js';
import { type ConnectionMethod, type ConnectionMethodName, decodeMethod, from08 } from './connection-methods.js';
import type { ConnectionClose, Conversation, Passed } from './conversation.js';
import type { Dialect } from './dialect.js';
import { FRAME_TYPE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { type Handshake, NOTHING_SAID, told } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { MalformedError } from './malformed-error.js';
import { Reader } from './reader.js';
import { replyName } from './reply-code.js';
import { withoutSecret } from './secret.js';
import { Skimmer } from './skimmer.js';
import type { Stage } from './stage.js';

/** The largest payload of the broker that is followed before Open-Ok, in octets: RabbitMQ's own limit at its highest. */
const MAX_PAYLOAD = 8192;

type Side = 'client' | 'upstream';

/** For each side the frame that it is in the middle of: see `Skimmer.underWay`. */
export type UnderWay = { readonly [side in Side]: Uint8Array };

/** Who says what: a method from the other side is none of the handshake, and must not pass for it. */
const SAID_BY: Partial<Record<ConnectionMethodName, Side>> = {
  'connection.start': 'upstream',
  'connection.start-ok': 'client',
  'connection.secure': 'upstream',
  'connection.secure-ok': 'client',
  'connection.tune': 'upstream',
  'connection.tune-ok': 'client',
  'connection.open': 'client',
  'connection.open-ok': 'upstream',
};

/**
 * Follows a connection of AMQP 0-9-1 or 0-8 behind its protocol header: each frame up to Open, and then only frame
 * boundaries, for Close and Close-Ok. What it cannot follow it leaves alone.
 */
export class Conversation091 implements Conversation {
  stage: Stage = 'starting';
  readonly protocol = '0-9-1';
  readonly refusedOpen = null;
  handshake: Handshake = NOTHING_SAID;
  hasStartOk = false;
  readonly sleep = 3_000;
  pending: 'login' | 'open' | null = null;
  close: ConnectionClose | null = null;
  brokerError: BrokerError | null = null;
  /** Until the client's Open. */
  private readonly reader: Reader;
  /** From then on. */
  private clientFrames: Skimmer | null = null;
  private upstreamFrames: FrameReader | Skimmer = new FrameReader({ maxPayload: MAX_PAYLOAD });
  private readonly isAmqp08: boolean;
  private readonly passed: Passed;

  constructor(dialect: Dialect, isAmqp08: boolean, passed: Passed) {
    this.reader = new Reader(dialect, isAmqp08);
    this.isAmqp08 = isAmqp08;
    this.passed = passed;
  }

  get failure() {
    return this.reader.failure;
  }

  get callback(): HandshakeCallback {
    return this.clientFrames === null ? this.reader.callback : { name: 'frame_header' };
  }

  /** Of an open connection; null when frames are lost. */
  get underWay(): UnderWay | null {
    const { clientFrames: client, upstreamFrames: upstream } = this;
    if (client === null || !(upstream instanceof Skimmer) || client.isLost || upstream.isLost) return null;
    return { client: client.underWay, upstream: upstream.underWay };
  }

  get unreadable(): 'client' | 'upstream' | null {
    const { reader, clientFrames, upstreamFrames } = this;
    if (reader.isLost || clientFrames?.isLost) return 'client';
    const isLost = upstreamFrames instanceof Skimmer ? upstreamFrames.isLost : upstreamFrames.problem !== undefined;
    return isLost ? 'upstream' : null;
  }

  fromClient(octets: Uint8Array): void {
    const rest =
      this.clientFrames === null ? this.reader.read(octets, (method) => this.follow(method, 'client')) : octets;
    this.clientFrames?.push(rest);
  }

  fromUpstream(octets: Uint8Array): void {
    if (this.upstreamFrames instanceof Skimmer) {
      this.upstreamFrames.push(octets);
      return;
    }
    let rest = octets;
    for (;;) {
      const [frame, others] = this.upstreamFrames.next(rest);
      rest = others;
      if (!frame) return;
      if (frame.type === FRAME_TYPE.method && frame.channel === 0) this.decode(frame.payload, 'upstream');
      if (this.stage === 'running' || this.stage === 'closing') break;
    }
    this.upstreamFrames = this.skimmer('upstream');
    this.upstreamFrames.push(rest);
  }

  private beginSkimming(): void {
    if (this.clientFrames !== null) return;
    this.clientFrames = this.skimmer('client');
    this.clientFrames.push(this.reader.held);
  }

  private skimmer(side: Side): Skimmer {
    return new Skimmer((payload) => this.decode(payload, side));
  }

  private decode(payload: Uint8Array, side: Side): void {
    try {
      const method = decodeMethod(this.isAmqp08 ? from08(payload) : payload);
      if (method.name !== 'unknown') this.follow(method, side);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  private follow(method: ConnectionMethod, side: Side): void {
    if ((SAID_BY[method.name] ?? side) !== side) return;
    this.handshake = told(this.handshake, method);
    if (side === 'upstream') this.reader.heard(method);
    if (method.name === 'connection.close') this.closing(method, side);
    this.stage = this.stageAfter(method.name, side);
    this.hasStartOk ||= method.name === 'connection.start-ok';
    this.pending = this.pendingAfter(method.name);
    if (method.name === 'connection.open') this.beginSkimming();
    this.passed(method.name);
  }

  private closing(method: Extract<ConnectionMethod, { name: 'connection.close' }>, by: Side): void {
    const { replyCode: code, replyText, classId, methodId } = method;
    const text = withoutSecret(replyText);
    this.close ??= { by, code, name: replyName(code) ?? null, text };
    // From now on nothing of a client is out of order.
    if (by === 'upstream') this.beginSkimming();
    if (by === 'upstream' && code !== 200) {
      const channel = this.clientFrames?.channel ?? 0;
      this.brokerError ??= { code, text, classId, methodId, channel, stage: this.stage };
    }
  }

  /** A client need not wait: its Tune-Ok can be there before the Tune that it answers. */
  private stageAfter(name: ConnectionMethodName, side: Side): Stage {
    const { stage } = this;
    switch (name) {
      case 'connection.secure':
        return 'securing';
      case 'connection.tune':
        return this.handshake.channelMax === null ? 'tuning' : 'opening';
      case 'connection.tune-ok':
        return stage === 'tuning' ? 'opening' : stage;
      case 'connection.open-ok':
        return 'running';
      case 'connection.close':
        // A client's Close before Open-Ok is none to the broker: it waits for something else.
        return side === 'upstream' || stage === 'running' ? 'closing' : stage;
      case 'connection.close-ok':
        return 'closed';
      default:
        return stage;
    }
  }

  private pendingAfter(name: ConnectionMethodName): 'login' | 'open' | null {
    switch (name) {
      case 'connection.start':
        return this.reader.failure === null ? this.pending : null;
      case 'connection.start-ok':
      case 'connection.secure-ok':
        // What is wrong with it already will not be answered.
        return this.reader.failure === null ? 'login' : null;
      case 'connection.open':
        return this.pending ?? 'open';
      case 'connection.secure':
      case 'connection.tune':
        // A client that did not wait has asked for more by now.
        return this.handshake.vhost === null ? null : 'open';
      case 'connection.open-ok':
      case 'connection.close':
        return null;
      default:
        return this.pending;
    }
  }
}
