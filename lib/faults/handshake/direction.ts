import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE, readFrameHeader } from '../../amqp/frame.js';
import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Close } from '../../close.js';
import type { Filtering, FrameFilter, Side } from './fault-actions.js';
import { FrameFilters } from './frame-filters.js';
import { FrameStream } from './frame-stream.js';

/** The largest payload in the handshake, in octets: RabbitMQ's own limit before Tune-Ok. */
const MAX_PAYLOAD = 8184;

/** What a blocked direction takes before its source is paused, in octets. */
const MOST_PENDING = 65_536;

/** What filters keep of a direction before its source is paused, in octets. */
const MOST_KEPT = 1024 ** 2;

const NOTHING = new Uint8Array();

/** What a direction asks of its gate. */
export type DirectionEvents = {
  /** Octets go on. */
  send(octets: Uint8Array): void;
  /** The end goes on, behind the octets. */
  end(close: Close): void;
  /** Its source is to be paused, or goes on. */
  pause(isPaused: boolean): void;
  /** Octets 1 to 8 of the header, as far as they have come. */
  header(octets: Uint8Array): void;
  /** Whether the next frame must be whole before it passes. */
  holdsFrames(): boolean;
  /** A whole frame, of which so many octets have been passed on. */
  frame(octets: Uint8Array, passed: number): void;
  /** These are no frames: it goes on without looking. */
  lost(): void;
};

/**
 * One direction of a connection, cut at the boundaries at which faults can act: octets of the header, whole frames in
 * the handshake, and any frame after it. What it holds back it passes on unchanged.
 */
export class Direction {
  phase: 'header' | 'frames' | 'running' | 'blind';
  /** Nothing more is passed on. */
  isShut = false;
  readonly from: Side;
  private readonly events: DirectionEvents;
  private frames = new FrameStream();
  private readonly filters = new FrameFilters();
  private readonly atBoundary: (() => void)[] = [];
  /** The unfinished header or handshake frame; its first `passed` octets have been passed on. */
  private partial: Uint8Array = NOTHING;
  private passed = 0;
  private holds = false;
  private blocks = 0;
  private pending: Uint8Array[] = [];
  private pendingOctets = 0;
  private pendingEnd: Close | null = null;
  private isPaused = false;
  private isBusy = false;

  constructor(from: Side, events: DirectionEvents) {
    this.from = from;
    this.events = events;
    this.phase = from === 'client' ? 'header' : 'frames';
  }

  get isBlocked(): boolean {
    return this.blocks > 0;
  }

  /** What was said between frames would not fall into one. */
  get isAtBoundary(): boolean {
    return this.phase === 'running' ? this.frames.isAtBoundary : this.passed === 0;
  }

  /** Octets of the source. They are copied where they must wait. */
  take(octets: Uint8Array): void {
    if (this.isBlocked || this.isBusy) {
      this.pending.push(new Uint8Array(octets));
      this.pendingOctets += octets.length;
      this.regulate();
      return;
    }
    this.isBusy = true;
    this.cut(octets);
    this.isBusy = false;
    this.continue();
  }

  /** Goes on in the middle of a running connection. @param underWay what has passed of the frame that is under way */
  goOnIn(underWay: Uint8Array): void {
    this.frames = new FrameStream();
    this.frames.walk(underWay);
  }

  /** The source has closed. */
  end(close: Close): void {
    this.pendingEnd = close;
    this.continue();
  }

  /** Nothing is cut until `unblock`, as often as this was called. */
  block(): void {
    this.blocks += 1;
  }

  unblock(): void {
    this.blocks = Math.max(0, this.blocks - 1);
    this.continue();
  }

  /** Nothing blocks it any more. */
  unblockAll(): void {
    this.blocks = 0;
    this.continue();
  }

  /** Forgets what waits: there is nobody left for it. */
  drop(): void {
    this.pending = [];
    this.pendingOctets = 0;
    this.pendingEnd = null;
    this.regulate();
  }

  /** Passes octets on, unless it is shut. */
  pass(octets: Uint8Array): void {
    if (!this.isShut && octets.length > 0) this.events.send(octets);
  }

  /** Does something as soon as no frame is half passed on. */
  whenAtBoundary(act: () => void): void {
    if (this.isAtBoundary && this.atBoundary.length === 0) act();
    else this.atBoundary.push(act);
  }

  /** Does something when the frame that a filter is asked about has come whole. */
  afterFrame(act: () => void): void {
    this.atBoundary.push(act);
  }

  filter(judge: FrameFilter): Filtering {
    const filter = this.filters.add(judge);
    return {
      release: (channel) => this.release(filter, [channel]),
      remove: () => this.release(filter, this.filters.remove(filter)),
    };
  }

  /** Frames are of no use any more: what was held back passes, and so does all that follows. */
  goBlind(): void {
    if (this.phase === 'blind') return;
    const held = this.phase === 'running' ? this.frames.held : this.partial.subarray(this.passed);
    this.phase = 'blind';
    this.partial = NOTHING;
    this.passed = 0;
    this.pass(held);
    this.reachedBoundary();
  }

  /** What waited is cut now, as far as it can be. */
  private continue(): void {
    while (!this.isBlocked && !this.isBusy && this.pending.length > 0) {
      const octets = this.pending.shift() as Uint8Array;
      this.pendingOctets -= octets.length;
      this.isBusy = true;
      this.cut(octets);
      this.isBusy = false;
    }
    this.regulate();
    if (this.isBlocked || this.isBusy || this.pendingEnd === null) return;
    const close = this.pendingEnd;
    this.pendingEnd = null;
    // Nothing will complete what is held.
    this.goBlind();
    this.isShut = true;
    this.events.end(close);
  }

  private cut(octets: Uint8Array): void {
    let rest = octets;
    while (rest.length > 0) {
      if (this.isBlocked) {
        this.pending.unshift(new Uint8Array(rest));
        this.pendingOctets += rest.length;
        return;
      }
      switch (this.phase) {
        case 'header':
          rest = this.cutHeader(rest);
          break;
        case 'frames':
          rest = this.cutFrame(rest);
          break;
        case 'running':
          this.run(rest);
          return;
        case 'blind':
          this.pass(rest);
          return;
        default:
          this.phase satisfies never;
      }
    }
  }

  private cutHeader(octets: Uint8Array): Uint8Array {
    const rest = this.hold(octets, HEADER_LENGTH);
    this.events.header(this.partial);
    return rest;
  }

  /** Octets of the header that were passed on. */
  get headerPassed(): number {
    return this.phase === 'header' ? this.passed : HEADER_LENGTH;
  }

  /** Passes the header on up to an octet. */
  passHeader(count: number): void {
    if (count <= this.passed) return;
    this.pass(this.partial.subarray(this.passed, count));
    this.passed = Math.min(count, this.partial.length);
  }

  /** The header has come whole, and was dealt with. */
  headerDone(phase: 'frames' | 'blind'): void {
    this.phase = phase;
    this.partial = NOTHING;
    this.passed = 0;
  }

  private cutFrame(octets: Uint8Array): Uint8Array {
    if (this.partial.length === 0) this.holds = !this.filters.isEmpty || this.events.holdsFrames();
    let rest = octets;
    if (this.partial.length < FRAME_HEADER_LENGTH) rest = this.hold(rest, FRAME_HEADER_LENGTH);
    if (this.partial.length >= FRAME_HEADER_LENGTH) {
      const { type, size } = readFrameHeader(this.partial);
      if ((type !== FRAME_TYPE.method && type !== FRAME_TYPE.heartbeat) || size > MAX_PAYLOAD) return this.lose(rest);
      const length = FRAME_HEADER_LENGTH + size + 1;
      rest = this.hold(rest, length);
      if (this.partial.length === length) {
        if (this.partial.at(-1) !== FRAME_END) return this.lose(rest);
        const [frame, passed] = [this.partial, this.passed];
        this.partial = NOTHING;
        this.passed = 0;
        const head = { type, channel: readFrameHeader(frame).channel, ids: null };
        const isMuted = type === FRAME_TYPE.heartbeat && passed === 0 && this.filters.judge(head) !== 'pass';
        if (!isMuted) this.events.frame(frame, passed);
        this.reachedBoundary();
        return rest;
      }
    }
    if (!this.holds) {
      this.pass(this.partial.subarray(this.passed));
      this.passed = this.partial.length;
    }
    return rest;
  }

  private lose(rest: Uint8Array): Uint8Array {
    this.goBlind();
    this.events.lost();
    return rest;
  }

  private run(octets: Uint8Array): void {
    if (this.filters.isEmpty && this.atBoundary.length === 0) {
      const held = this.frames.held;
      this.frames.walk(octets);
      this.pass(held);
      this.pass(octets);
      return;
    }
    this.frames.sort(
      octets,
      (frame) => {
        this.reachedBoundary();
        return this.filters.judge(frame);
      },
      (piece, fate, channel, isEnd) => {
        const isKept = fate === 'keep' && this.filters.keep(channel, piece);
        if (!isKept && fate !== 'drop') this.pass(piece);
        if (isEnd) this.reachedBoundary();
      },
    );
    this.regulate();
  }

  /** The frame that is under way may be one of these: its rest then passes behind its beginning. */
  private release(filter: ReturnType<FrameFilters['add']>, channels: readonly number[]): void {
    // Half a frame comes last, so that its rest can follow.
    const { keptChannel } = this.frames;
    const isHalf = (channel: number) => Number(channel === keptChannel);
    const chunks = this.filters.take(
      filter,
      [...channels].sort((a, b) => isHalf(a) - isHalf(b)),
    );
    if (chunks.length === 0) return;
    this.whenAtBoundary(() => {
      this.frames.release(channels);
      for (const octets of chunks) this.pass(octets);
    });
    this.regulate();
  }

  private reachedBoundary(): void {
    while (this.isAtBoundary && this.atBoundary.length > 0) this.atBoundary.shift()?.();
  }

  private hold(octets: Uint8Array, length: number): Uint8Array {
    const taken = octets.subarray(0, Math.max(0, length - this.partial.length));
    const joined = new Uint8Array(this.partial.length + taken.length);
    joined.set(this.partial);
    joined.set(taken, this.partial.length);
    this.partial = joined;
    return octets.subarray(taken.length);
  }

  private regulate(): void {
    const isFull = this.pendingOctets >= MOST_PENDING || this.filters.keptOctets >= MOST_KEPT;
    if (isFull === this.isPaused) return;
    this.isPaused = isFull;
    this.events.pause(isFull);
  }
}
