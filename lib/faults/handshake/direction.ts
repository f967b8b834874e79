import { FRAME_TYPE } from '../../amqp/frame.js';
import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Close } from '../../close.js';
import type { DirectionEvents } from './direction-events.js';
import type { Filtering, FrameFilter, Side } from './fault-actions.js';
import { FrameFilters } from './frame-filters.js';
import { HandshakeFrames } from './handshake-frames.js';
import { HeldHeader } from './held-header.js';
import { Intake } from './intake.js';
import { RunningFrames } from './running-frames.js';

/** Octets that filters may keep before the source is paused. */
const MAX_KEPT = 1024 ** 2;

const NOTHING = new Uint8Array();

/** Takes the octets of an open connection, from the beginning of a frame, and passes them on itself. */
export type Detour = {
  read(octets: Uint8Array): void;
  /** Whether other frames can be sent between those that it has passed on. */
  readonly isAtBoundary: boolean;
  /** The source has closed. */
  end(): void;
};

/**
 * One direction of a connection, cut where faults can act: at octets of the header, whole frames of the handshake, and
 * any frame after it. What it holds it later passes on unchanged.
 */
export class Direction {
  phase: 'header' | 'frames' | 'running' | 'blind';
  /** Whether nothing more is passed on. */
  isShut = false;
  readonly from: Side;
  readonly intake: Intake;
  private readonly events: DirectionEvents;
  private readonly header = new HeldHeader();
  private readonly handshake = new HandshakeFrames((octets) => this.pass(octets));
  private running = new RunningFrames();
  private readonly filters = new FrameFilters();
  private readonly atBoundary: (() => void)[] = [];
  /** Where the frames of the open connection go instead of being passed on. */
  private detour: Detour | null = null;

  constructor(from: Side, events: DirectionEvents) {
    this.from = from;
    this.events = events;
    this.phase = from === 'client' ? 'header' : 'frames';
    this.intake = new Intake({
      handle: (octets) => this.cut(octets),
      end: (close) => this.end(close),
      pause: (isPaused) => events.pause(isPaused),
      isFull: () => this.filters.keptOctets >= MAX_KEPT,
    });
  }

  /** Whether octets of the proxy can be sent now without splitting a frame. */
  get isAtBoundary(): boolean {
    if (this.detour?.isAtBoundary === false && !this.isShut) return false;
    return this.phase === 'blind' || this.current.isAtBoundary;
  }

  /** Whether nothing is held, and no fault will change what follows. */
  get isAtRest(): boolean {
    const { intake, filters, atBoundary, current } = this;
    if (this.isShut || this.detour !== null || !intake.isAtRest || !filters.isEmpty || atBoundary.length > 0)
      return false;
    return this.phase === 'blind' || (current.held.length === 0 && !this.running.isWithheld);
  }

  /** Continues in the middle of a running connection. @param underWay see `Skimmer.underWay` */
  resumeIn(underWay: Uint8Array): void {
    this.running = new RunningFrames();
    this.running.skip(underWay);
  }

  /**
   * Follows octets of the source if they pass at once and unchanged, as most octets of an open connection do.
   *
   * @returns whether they do, and the caller must pass them on; if not, they are for the intake
   */
  follows(octets: Uint8Array): boolean {
    if (this.isShut || !this.intake.isAtRest) return false;
    if (this.phase === 'blind') return true;
    if (this.phase !== 'running' || this.detour !== null || !this.filters.isEmpty || this.atBoundary.length > 0)
      return false;
    if (!this.running.canSkip) return false;
    this.running.skip(octets);
    return true;
  }

  /** Passes octets on, unless it is shut. */
  pass(octets: Uint8Array): void {
    if (!this.isShut && octets.length > 0) this.events.send(octets);
  }

  /** Sends the frames of the open connection through `detour` from the next boundary on; null: no longer. */
  divert(detour: Detour | null, begun: () => void = () => {}): void {
    this.detour = null;
    if (detour === null || this.phase !== 'running') return;
    this.whenAtBoundary(() => {
      this.detour = detour;
      begun();
    });
  }

  /** Calls `act` as soon as no frame has been passed on in part. */
  whenAtBoundary(act: () => void): void {
    if (this.isAtBoundary && this.atBoundary.length === 0) act();
    else this.atBoundary.push(act);
  }

  /** Called from a filter: calls `act` when the frame that is being judged is complete. */
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

  /** Stops parsing: what was held passes, and so does all that follows. */
  goBlind(): void {
    if (this.phase === 'blind') return;
    const { held } = this.current;
    this.phase = 'blind';
    this.forward(held);
    this.reachedBoundary();
  }

  /** How many octets of the header have been passed on. */
  get headerPassed(): number {
    return this.phase === 'header' ? this.header.passed : HEADER_LENGTH;
  }

  /** Passes the header on up to octet number `count`. */
  passHeader(count: number): void {
    if (this.phase === 'header') this.pass(this.header.takeUpTo(count));
  }

  private get current(): HeldHeader | HandshakeFrames | RunningFrames {
    if (this.phase === 'header') return this.header;
    return this.phase === 'frames' ? this.handshake : this.running;
  }

  private end(close: Close): void {
    // Nothing will complete what is held.
    this.goBlind();
    this.detour?.end();
    this.detour = null;
    this.isShut = true;
    this.events.end(close);
  }

  /** @returns what was not cut because the direction was blocked meanwhile */
  private cut(octets: Uint8Array): Uint8Array {
    let rest = octets;
    while (rest.length > 0 && !this.intake.isBlocked) {
      switch (this.phase) {
        case 'header':
          rest = this.header.add(rest);
          this.events.header(this.header.octets);
          break;
        case 'frames':
          rest = this.cutFrame(rest);
          break;
        case 'running':
          this.run(rest);
          return NOTHING;
        case 'blind':
          this.pass(rest);
          return NOTHING;
        default:
          this.phase satisfies never;
      }
    }
    return rest;
  }

  private cutFrame(octets: Uint8Array): Uint8Array {
    const [frame, rest] = this.handshake.next(octets, () => !this.filters.isEmpty || this.events.holdsFrames());
    if (frame) {
      const { type, channel, passed } = frame;
      const isHeartbeat = type === FRAME_TYPE.heartbeat && passed === 0;
      const isMuted = isHeartbeat && this.filters.judge({ type, channel, ids: null }) !== 'pass';
      if (!isMuted) this.events.frame(frame.octets, passed);
      this.reachedBoundary();
    } else if (this.handshake.isLost) {
      this.goBlind();
      this.events.lost();
    }
    return rest;
  }

  private run(octets: Uint8Array): void {
    if (this.filters.isEmpty && this.atBoundary.length === 0 && !this.running.isWithheld) {
      const { held } = this.running;
      this.running.skip(octets);
      this.forward(held);
      this.forward(octets);
      return;
    }
    this.running.sort(
      octets,
      (frame) => {
        this.reachedBoundary();
        return this.filters.judge(frame);
      },
      (piece, fate, channel, isEnd) => {
        const isKept = fate === 'keep' && this.filters.keep(channel, piece);
        if (!isKept && fate !== 'drop') this.forward(piece);
        if (isEnd) this.reachedBoundary();
      },
    );
    this.intake.regulate();
  }

  /** Passes on octets of the open connection, by the detour if there is one. */
  private forward(octets: Uint8Array): void {
    if (this.detour === null) this.pass(octets);
    else if (octets.length > 0) this.detour.read(octets);
  }

  private release(filter: ReturnType<FrameFilters['add']>, channels: readonly number[]): void {
    // The current frame may be kept in part. It comes last, so that its rest can follow it.
    const { keptChannel } = this.running;
    const isPartial = (channel: number) => Number(channel === keptChannel);
    const inOrder = [...channels].sort((a, b) => isPartial(a) - isPartial(b));
    const chunks = this.filters.take(filter, inOrder);
    if (chunks.length === 0) return;
    this.whenAtBoundary(() => {
      this.running.release(channels);
      for (const octets of chunks) this.forward(octets);
    });
    this.intake.regulate();
  }

  private reachedBoundary(): void {
    while (this.isAtBoundary && this.atBoundary.length > 0) this.atBoundary.shift()?.();
  }
}
