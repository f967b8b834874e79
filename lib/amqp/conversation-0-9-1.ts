import type { BrokerError } from './broker-error.js';
import { announces } from './capability.js';
import { type ConnectionMethodName, decodeInPlace, type FollowedMethod, from08 } from './connection-methods.js';
import type { ConnectionClose, Conversation, Passed } from './conversation.js';
import type { Dialect } from './dialect.js';
import { FRAME_TYPE, MAX_OPENING_PAYLOAD } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { afterMethod, type Handshake, NOTHING_SAID } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { MalformedError } from './malformed-error.js';
import { Reader } from './reader.js';
import { replyName } from './reply-code.js';
import { withoutSecret } from './secret.js';
import { Skimmer } from './skimmer.js';
import type { Stage } from './stage.js';

type Side = 'client' | 'upstream';

/** What the handshake of an open connection said, and where both sides are now. */
export type OpenedHandshake = {
  readonly handshake: Handshake;
  /** Whether the client announced the capability `connection.blocked`. */
  readonly acceptsBlocked: boolean;
  /** Whether the client announced the capability `consumer_cancel_notify`. */
  readonly acceptsCancel: boolean;
  /** Null if the position in the frames is not known. */
  readonly underWay: UnderWay | null;
};

/** For each side, its incomplete frame: see `Skimmer.underWay`. */
export type UnderWay = { readonly [side in Side]: Uint8Array };

/** The side that sends each handshake method. From the other side, the method is not part of the handshake. */
const SENT_BY: Partial<Record<ConnectionMethodName, Side>> = {
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
 * Follows an AMQP 0-9-1 or 0-8 connection after its protocol header: every frame up to Open, then only the frame
 * boundaries, to find Close and Close-Ok. Octets that it cannot parse are ignored.
 */
export class Conversation091 implements Conversation {
  stage: Stage = 'starting';
  readonly protocol = '0-9-1';
  readonly refusedOpen = null;
  readonly broken = null;
  handshake: Handshake = NOTHING_SAID;
  hasStart = false;
  hasStartOk = false;
  answersRefusedLogin = false;
  /** Whether the client announced the capability `connection.blocked`. */
  acceptsBlocked = false;
  /** Whether the client announced the capability `consumer_cancel_notify`. */
  acceptsCancel = false;
  readonly sleep = 3_000;
  pending: 'login' | 'open' | null = null;
  close: ConnectionClose | null = null;
  brokerError: BrokerError | null = null;
  /** The largest payload that the broker has accepted before Tune-Ok, in octets; 0: not known. */
  accepted = 0;
  /** Reads the client's frames up to its Open. */
  private readonly reader: Reader;
  /** Reads the client's frames after its Open; null before. */
  private clientFrames: Skimmer | null = null;
  private upstreamFrames: FrameReader | Skimmer = new FrameReader({ maxPayload: MAX_OPENING_PAYLOAD });
  private readonly isAmqp08: boolean;
  private readonly passed: Passed;
  private readonly followClient = (method: FollowedMethod): void => this.follow(method, 'client');

  /** @param accepts see `Reader` */
  constructor(dialect: Dialect, isAmqp08: boolean, passed: Passed, accepts = 0) {
    this.reader = new Reader(dialect, isAmqp08, accepts);
    this.isAmqp08 = isAmqp08;
    this.passed = passed;
  }

  get dialect(): Dialect {
    return this.reader.dialect;
  }

  set dialect(dialect: Dialect) {
    this.reader.dialect = dialect;
  }

  get failure() {
    return this.reader.failure;
  }

  get hasChannel(): boolean {
    return this.clientFrames?.hasChannel ?? false;
  }

  get callback(): HandshakeCallback {
    return this.clientFrames === null ? this.reader.callback : { name: 'frame_header' };
  }

  /** null before Open-Ok, and after a frame boundary was lost. */
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
    const rest = this.clientFrames === null ? this.reader.read(octets, this.followClient) : octets;
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
    const { held } = this.reader.frames;
    if (held === null) this.clientFrames.lose();
    else this.clientFrames.push(held);
  }

  private skimmer(side: Side): Skimmer {
    return new Skimmer((payload) => this.decode(payload, side));
  }

  private decode(payload: Uint8Array, side: Side): void {
    try {
      const method = decodeInPlace(this.isAmqp08 ? from08(payload) : payload);
      if (method.name !== 'unknown') this.follow(method, side);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  private follow(method: FollowedMethod, side: Side): void {
    if ((SENT_BY[method.name] ?? side) !== side) return;
    if (side === 'upstream') this.answered(method);
    this.handshake = afterMethod(this.handshake, method);
    if (method.name === 'connection.close') this.closing(method, side);
    this.stage = this.stageAfter(method.name, side);
    if (method.name === 'connection.start') this.hasStart = true;
    if (method.name === 'connection.start-ok') this.startOk(method);
    this.pending = this.pendingAfter(method.name);
    if (method.name === 'connection.open') this.beginSkimming();
    this.passed(method.name);
  }

  /** The broker's answer may show that it accepted what was an error in its dialect: the client's octets count then. */
  private answered(method: FollowedMethod): void {
    const rest = this.reader.fromUpstream(method, this.followClient);
    this.clientFrames?.push(rest);
    if (method.name === 'connection.tune') this.accepted = this.reader.largest;
  }

  private startOk({ clientProperties }: Extract<FollowedMethod, { name: 'connection.start-ok' }>): void {
    this.hasStartOk = true;
    this.acceptsBlocked = announces(clientProperties, 'connection.blocked');
    this.acceptsCancel = announces(clientProperties, 'consumer_cancel_notify');
    this.answersRefusedLogin = announces(clientProperties, 'authentication_failure_close');
  }

  private closing(method: Extract<FollowedMethod, { name: 'connection.close' }>, by: Side): void {
    const { replyCode: code, replyText, classId, methodId } = method;
    const text = withoutSecret(replyText);
    this.close ??= { by, code, name: replyName(code) ?? null, text };
    // After the broker's Close, no frame from the client is an error.
    if (by === 'upstream') this.beginSkimming();
    if (by === 'upstream' && code !== 200) {
      const channel = this.clientFrames?.channel ?? 0;
      this.brokerError ??= { code, text, classId, methodId, channel, stage: this.stage };
    }
  }

  /** A client need not wait: its Tune-Ok may arrive before the Tune that it answers. */
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
        // Before Open-Ok the broker does not accept a Close from the client.
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
        // The broker does not answer a login with an error.
        return this.reader.failure === null ? 'login' : null;
      case 'connection.open':
        return this.pending ?? 'open';
      case 'connection.secure':
      case 'connection.tune':
        // A client that did not wait has already sent its Open.
        return this.handshake.vhost === null ? null : 'open';
      case 'connection.open-ok':
      case 'connection.close':
        return null;
      default:
        return this.pending;
    }
  }
}
