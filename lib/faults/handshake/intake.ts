import type { Close } from '../../close.js';

/** Octets that may wait before the source is paused. */
const MAX_WAITING = 65_536;

type IntakeEvents = {
  /** Handles octets of the source. @returns those that must wait because it was blocked meanwhile */
  handle(octets: Uint8Array): Uint8Array;
  /** Called once the source has ended and all its octets have been handled. */
  end(close: Close): void;
  /** Called when the source must be paused or can resume. */
  pause(isPaused: boolean): void;
  /** Whether the octets that are held elsewhere are too many. */
  isFull(): boolean;
};

/** The input of a direction: octets and the end wait here while the direction is blocked. */
export class Intake {
  private readonly events: IntakeEvents;
  private blocks = 0;
  private waiting: Uint8Array[] = [];
  private waitingOctets = 0;
  private close: Close | null = null;
  private isPaused = false;
  private isBusy = false;

  constructor(events: IntakeEvents) {
    this.events = events;
  }

  get isBlocked(): boolean {
    return this.blocks > 0;
  }

  /** Whether nothing waits, and nothing will have to. */
  get isAtRest(): boolean {
    return !this.isBlocked && !this.isBusy && !this.isPaused && this.waiting.length === 0 && this.close === null;
  }

  /** Octets of the source. They are copied if they must wait. */
  take(octets: Uint8Array): void {
    if (this.isBlocked || this.isBusy) {
      this.waiting.push(new Uint8Array(octets));
      this.waitingOctets += octets.length;
      this.regulate();
      return;
    }
    this.handle(octets);
    this.continue();
  }

  /** The source has closed. */
  end(close: Close): void {
    this.close = close;
    this.continue();
  }

  /** Blocks the direction until `unblock` has been called as often as this. */
  block(): void {
    this.blocks += 1;
  }

  unblock(): void {
    this.blocks = Math.max(0, this.blocks - 1);
    this.continue();
  }

  unblockAll(): void {
    this.blocks = 0;
    this.continue();
  }

  /** Discards what waits. */
  drop(): void {
    this.waiting = [];
    this.waitingOctets = 0;
    this.close = null;
    this.regulate();
  }

  /** Pauses or resumes the source, as the octets held require. */
  regulate(): void {
    const isFull = this.waitingOctets >= MAX_WAITING || this.events.isFull();
    if (isFull === this.isPaused) return;
    this.isPaused = isFull;
    this.events.pause(isFull);
  }

  private handle(octets: Uint8Array): void {
    this.isBusy = true;
    const rest = this.events.handle(octets);
    this.isBusy = false;
    if (rest.length === 0) return;
    this.waiting.unshift(new Uint8Array(rest));
    this.waitingOctets += rest.length;
  }

  private continue(): void {
    while (!this.isBlocked && !this.isBusy) {
      const octets = this.waiting.shift();
      if (octets === undefined) break;
      this.waitingOctets -= octets.length;
      this.handle(octets);
    }
    this.regulate();
    if (this.isBlocked || this.isBusy || this.close === null) return;
    const { close } = this;
    this.close = null;
    this.events.end(close);
  }
}
