import type { EarlyMoment } from '../faults/tls/early-act.js';
import type { Deadline } from './deadline.js';
import type { EarlyFaults, TlsFaultTarget } from './faulted/tls-faults.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';

/** Octets of a client that may wait before it is paused. A ClientHello is far smaller. */
const MAX_WAITING = 65_536;

/** The TLS handshake whose moments are reached. */
export interface TlsMomentsOwner extends TlsFaultTarget {
  /** Takes octets that have waited. @returns whether more may come */
  take(octets: Uint8Array): boolean;
}

/** Lets faults act at the moments of a TLS handshake. While they do, the client's octets wait, and its timeout does not run. */
export class TlsMoments {
  /** Faults are acting. */
  isHolding = false;
  private readonly client: AcceptedPeer;
  private readonly faults: EarlyFaults;
  private readonly deadline: Deadline;
  private readonly owner: TlsMomentsOwner;
  private waiting: Uint8Array[] = [];
  private length = 0;
  private isPaused = false;
  private isOver = false;

  constructor(client: AcceptedPeer, faults: EarlyFaults, deadline: Deadline, owner: TlsMomentsOwner) {
    this.client = client;
    this.faults = faults;
    this.deadline = deadline;
    this.owner = owner;
  }

  /** Whether a fault waits for this moment. */
  isDue(moment: EarlyMoment): boolean {
    return this.faults.isDue(moment);
  }

  /**
   * A moment has been reached.
   *
   * @param goOn called when its faults have acted, unless the handshake is over; returns whether more octets may come
   * @returns whether more octets may come
   */
  reached(moment: EarlyMoment, goOn: () => boolean): boolean {
    const acting = this.faults.reached(moment, this.owner);
    if (acting === null) return goOn();
    if (this.isOver) return false;
    this.isHolding = true;
    this.deadline.suspend();
    void acting.then(() => this.release(goOn));
    return true;
  }

  /** Keeps octets that arrive while faults act. @returns whether more may come */
  keep(octets: Uint8Array): boolean {
    this.waiting.push(Uint8Array.from(octets));
    this.length += octets.length;
    this.isPaused = this.length >= MAX_WAITING;
    return !this.isPaused;
  }

  /** The handshake is over: the faults keep the client waiting no longer. */
  end(): void {
    this.isOver = true;
    this.waiting = [];
    this.faults.left();
  }

  private release(goOn: () => boolean): void {
    if (this.isOver) return;
    this.isHolding = false;
    this.deadline.resume();
    let flows = goOn();
    const octets = Buffer.concat(this.waiting.splice(0));
    this.length = 0;
    // Another moment may have been reached meanwhile.
    if (octets.length > 0 && !this.isOver) flows = this.isHolding ? this.keep(octets) : this.owner.take(octets);
    if (this.isOver) return;
    if (!flows) this.client.hold();
    else if (this.isPaused) {
      this.isPaused = false;
      this.client.resume();
    }
  }
}
