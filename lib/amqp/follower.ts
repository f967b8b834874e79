import { CloseOkTail } from './close-ok-tail.js';
import { type ConnectionMethodName, decodeMethod } from './connection-methods.js';
import { FRAME_TYPE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { type Handshake, NOTHING_SAID, told } from './handshake.js';
import { HEADER_LENGTH, type Quad, quadOf } from './header.js';
import { MalformedError } from './malformed-error.js';

/** How far a connection got, in RabbitMQ's words for `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** The largest payload that is followed, in octets: RabbitMQ's own limit before Tune-Ok, 8192 with the frame around it. */
const MAX_PAYLOAD = 8184;

const NOTHING = new Uint8Array();

type Side = 'client' | 'upstream';

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
  private readonly passed: (name: ConnectionMethodName) => void;
  private readonly clientTail = new CloseOkTail();
  private readonly upstreamTail = new CloseOkTail();
  private isFollowing = true;
  /** Made when there is a first frame to read. */
  private readonly frames: { [side in Side]: FrameReader | null } = { client: null, upstream: null };
  private headerLeft = HEADER_LENGTH;
  /** The first octets of the upstream, until there are enough to tell whether they are a header; then null. */
  private opening: Uint8Array | null = NOTHING;

  /** @param passed called for each method of the Connection class that passes, up to Open-Ok */
  constructor(passed: (name: ConnectionMethodName) => void) {
    this.passed = passed;
  }

  /** A Close-Ok was the last thing that one of the two said: the end is an orderly one. */
  get closedOrderly(): boolean {
    return this.clientTail.isCloseOk || this.upstreamTail.isCloseOk;
  }

  fromClient(octets: Uint8Array): void {
    this.clientTail.push(octets);
    if (!this.isFollowing) return;
    const header = Math.min(this.headerLeft, octets.length);
    this.headerLeft -= header;
    if (this.headerLeft > 0) return;
    if (this.stage === 'header') this.stage = 'starting';
    if (octets.length > header) this.read(octets.subarray(header), 'client');
  }

  fromUpstream(octets: Uint8Array): void {
    this.upstreamTail.push(octets);
    if (this.opening !== null) this.open(joined(this.opening, octets));
    else if (this.isFollowing) this.read(octets, 'upstream');
  }

  /** Looks at the upstream's first octets, also when the client cannot be followed: they may refuse it. */
  private open(first: Uint8Array): void {
    // No frame is shorter than a header.
    if (first.length < HEADER_LENGTH) {
      this.opening = Uint8Array.from(first);
      return;
    }
    this.opening = null;
    this.answer = quadOf(first) ?? null;
    // A header in place of Start: a refusal, or AMQP 1.0, whose frames are others.
    if (this.answer !== null) this.stop();
    else if (this.isFollowing) this.read(first, 'upstream');
  }

  private read(octets: Uint8Array, side: Side): void {
    const frames = this.frames[side] ?? new FrameReader({ maxPayload: MAX_PAYLOAD });
    this.frames[side] = frames;
    for (const { type, payload } of frames.read(octets)) {
      if (type === FRAME_TYPE.method) this.follow(payload, side);
      if (!this.isFollowing) return;
    }
    if (frames.problem) this.stop();
  }

  private follow(payload: Uint8Array, side: Side): void {
    let method: ReturnType<typeof decodeMethod>;
    try {
      method = decodeMethod(payload);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.stop();
      return;
    }
    if (method.name === 'unknown' || (SAID_BY[method.name] ?? side) !== side) return;
    this.handshake = told(this.handshake, method);
    this.stage = stageAfter(method.name, this.stage, this.handshake);
    this.hasStartOk ||= method.name === 'connection.start-ok';
    this.passed(method.name);
    if (this.stage === 'running') this.stop();
  }

  private stop(): void {
    this.isFollowing = false;
    this.frames.client = null;
    this.frames.upstream = null;
  }
}

/** A client need not wait: its Tune-Ok can be there before the Tune that it answers. */
function stageAfter(name: ConnectionMethodName, stage: Stage, { channelMax }: Handshake): Stage {
  switch (name) {
    case 'connection.secure':
      return 'securing';
    case 'connection.tune':
      return channelMax === null ? 'tuning' : 'opening';
    case 'connection.tune-ok':
      return stage === 'tuning' ? 'opening' : stage;
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
