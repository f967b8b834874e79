import { CloseOkTail } from './close-ok-tail.js';
import { type ConnectionMethod, decodeMethod } from './connection-methods.js';
import { FRAME_TYPE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { type Handshake, NOTHING_SAID, told } from './handshake.js';
import { HEADER_LENGTH, type Quad, quadOf } from './header.js';
import { MalformedError } from './malformed-error.js';

/** How far a connection got, in RabbitMQ's words for `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** The largest payload that is followed, in octets: RabbitMQ's own limit before Tune-Ok, 8192 with the frame around it. */
const MAX_PAYLOAD = 8184;

/**
 * Follows what passes between a client and its broker, without changing it: the AMQP 0-9-1 handshake up to Open-Ok, and
 * whether the last thing said was a Close-Ok. What it cannot follow it leaves alone.
 */
export class Follower {
  stage: Stage = 'header';
  /** What the two sides told each other. */
  handshake: Handshake = NOTHING_SAID;
  /** The version quad with which the upstream answered the client's header; null if it did not. */
  answer: Quad | null = null;
  /** Whether the client went on to log in. */
  hasStartOk = false;
  private readonly passed: (name: ConnectionMethod['name']) => void;
  private readonly clientTail = new CloseOkTail();
  private readonly upstreamTail = new CloseOkTail();
  private clientFrames: FrameReader | null = new FrameReader({ maxPayload: MAX_PAYLOAD });
  private upstreamFrames: FrameReader | null = new FrameReader({ maxPayload: MAX_PAYLOAD });
  private headerLeft = HEADER_LENGTH;
  private isAnswered = false;

  /** @param passed called for each method of the Connection class that passes, up to Open-Ok */
  constructor(passed: (name: ConnectionMethod['name']) => void) {
    this.passed = passed;
  }

  /** A Close-Ok was the last thing that one of the two said: the end is an orderly one. */
  get closedOrderly(): boolean {
    return this.clientTail.isCloseOk || this.upstreamTail.isCloseOk;
  }

  fromClient(octets: Uint8Array): void {
    this.clientTail.push(octets);
    if (this.clientFrames === null) return;
    const header = Math.min(this.headerLeft, octets.length);
    this.headerLeft -= header;
    if (this.headerLeft > 0) return;
    if (this.stage === 'header') this.stage = 'starting';
    if (octets.length > header) this.read(this.clientFrames, octets.subarray(header));
  }

  fromUpstream(octets: Uint8Array): void {
    this.upstreamTail.push(octets);
    if (this.upstreamFrames === null) return;
    if (!this.isAnswered) {
      this.isAnswered = true;
      this.answer = quadOf(octets) ?? null;
      // A header in place of Start: a refusal, or AMQP 1.0, whose frames are others.
      if (this.answer !== null) {
        this.stop();
        return;
      }
    }
    this.read(this.upstreamFrames, octets);
  }

  private read(frames: FrameReader, octets: Uint8Array): void {
    for (const { type, payload } of frames.read(octets)) {
      if (type === FRAME_TYPE.method) this.follow(payload);
      if (this.clientFrames === null) return;
    }
    if (frames.problem) this.stop();
  }

  private follow(payload: Uint8Array): void {
    let method: ReturnType<typeof decodeMethod>;
    try {
      method = decodeMethod(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.stop();
      return;
    }
    if (method.name === 'unknown') return;
    this.handshake = told(this.handshake, method);
    this.stage = stageAfter(method.name, this.stage);
    this.hasStartOk ||= method.name === 'connection.start-ok';
    this.passed(method.name);
    if (this.stage === 'running') this.stop();
  }

  private stop(): void {
    this.clientFrames = null;
    this.upstreamFrames = null;
  }
}

function stageAfter(name: ConnectionMethod['name'], stage: Stage): Stage {
  switch (name) {
    case 'connection.secure':
      return 'securing';
    case 'connection.tune':
      return 'tuning';
    case 'connection.tune-ok':
      return 'opening';
    case 'connection.open-ok':
      return 'running';
    case 'connection.close':
      return 'closing';
    case 'connection.close-ok':
      return 'closed';
    default:
      return stage;
  }
}
