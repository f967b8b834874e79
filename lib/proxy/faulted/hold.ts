import type { EndLimits } from './end-limits.js';

/** Whether faults keep a connection waiting: the time limits of its handshake and of its end depend on it. */
export class Hold {
  /** A handshake fault keeps the client waiting. */
  private isGated = false;
  /** A stream fault keeps the connection as it is, although a side waits or has ended. */
  private isKept = false;
  private readonly limits: EndLimits;
  private readonly changed: (isHolding: boolean) => void;

  /** @param changed called when `isOn` has changed */
  constructor(limits: EndLimits, changed: (isHolding: boolean) => void) {
    this.limits = limits;
    this.changed = changed;
  }

  get isOn(): boolean {
    return this.isGated || this.isKept;
  }

  /** @returns whether this is a change */
  gate(isHolding: boolean): boolean {
    if (isHolding === this.isGated) return false;
    const before = this.isOn;
    this.isGated = isHolding;
    this.limits.holding(isHolding);
    this.notify(before);
    return true;
  }

  keep(isKept: boolean): void {
    const before = this.isOn;
    this.isKept = isKept;
    this.limits.keepOpen(isKept);
    this.notify(before);
  }

  private notify(before: boolean): void {
    if (this.isOn !== before) this.changed(this.isOn);
  }
}
