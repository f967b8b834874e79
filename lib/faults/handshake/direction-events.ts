import type { Close } from '../../close.js';

/** What a direction of a connection asks and notifies. */
export type DirectionEvents = {
  /** Called with octets to pass on. */
  send(octets: Uint8Array): void;
  /** Called when the source has closed and all its octets have been passed on. */
  end(close: Close): void;
  /** Called when the source must be paused or can resume. */
  pause(isPaused: boolean): void;
  /** Called with the octets of the header received so far, 1 to 8. */
  header(octets: Uint8Array): void;
  /** Whether the next frame must be complete before any of it passes. */
  holdsFrames(): boolean;
  /** Called with a complete frame. `passed`: how many of its octets have been passed on. */
  frame(octets: Uint8Array, passed: number): void;
  /** Called when the octets are not frames. They are passed on unparsed from then on. */
  lost(): void;
};
