import { type Clock, systemClock } from '../clock.js';
import { ForwardClock } from './forward-clock.js';
import { LogHistogram } from './log-histogram.js';
import { RecentSlots } from './recent-slots.js';
import type { Report } from './report.js';

/** The steps of the handshake of AMQP 0-9-1, in order, and when each was reached. */
const STEPS = ['accepted', 'header', 'start', 'tune', 'open', 'running'] as const;
type StepName = (typeof STEPS)[number];
/** Length of a slot in ms, and how many there are: 15 minutes. */
const [SLOT, SLOTS] = [60_000, 15] as const;
/** How the protocol header begins, and how that of AMQP 1.0 ends, in hex. */
const [AMQP, AMQP10] = ['414d5150', '010000'] as const;

/** A step of the handshake. */
export type StepCount = {
  readonly step: StepName;
  /** Connections that reached it. */
  readonly count: number;
  /** Median time from accept, in ms, at most 5 % off; null: no connection reached it, or it is the first. */
  readonly medianMs: number | null;
};

/** Connections that are not counted in the funnel: they have no such handshake, and would look like lost ones. */
export type LeftOut = {
  /** Health checks that did not open a connection. */
  readonly healthChecks: number;
  /** Clients of AMQP 1.0. */
  readonly amqp10: number;
  /** Other protocols, which a proxy in observe mode has forwarded. */
  readonly otherProtocols: number;
};

/** What ended in one slot. */
class Ended {
  /** Connections by the last step that they reached. */
  readonly last = new Uint32Array(STEPS.length);
  /** Times of the steps after the first. */
  readonly times = STEPS.map(() => new LogHistogram());
  readonly leftOut = { healthChecks: 0, amqp10: 0, otherProtocols: 0 };

  clear(): void {
    this.last.fill(0);
    for (const times of this.times) times.clear();
    Object.assign(this.leftOut, { healthChecks: 0, amqp10: 0, otherProtocols: 0 });
  }
}

/**
 * Counts how far the AMQP 0-9-1 handshakes got of the connections that ended in the current minute and the 14 before it. A
 * connection costs an increment, and another for each step that it reached; the memory is fixed.
 */
export class HandshakeFunnel {
  private readonly clock: ForwardClock;
  private readonly ended = Array.from({ length: SLOTS }, () => new Ended());
  private readonly slots = new RecentSlots(SLOT, SLOTS, (place) => this.ended[place]?.clear());

  constructor(clock: Clock = systemClock) {
    this.clock = new ForwardClock(clock);
  }

  /** A connection has ended now. */
  add(report: Report): void {
    const now = this.clock.now();
    this.slots.advance(now);
    const { last, times, leftOut } = this.ended[this.slots.placeOf(now) as number] as Ended;
    const why = whyLeftOut(report);
    if (why !== null) {
      leftOut[why] += 1;
      return;
    }
    const step = lastStepOf(report);
    last[step] = (last[step] as number) + 1;
    const { headerMs, startMs, tuneMs, tuneOkMs, openMs } = report.timing;
    if (headerMs !== null) times[1]?.add(headerMs);
    if (startMs !== null) times[2]?.add(startMs);
    if (tuneMs !== null) times[3]?.add(tuneMs);
    // A client may send Tune-Ok before it has received Tune.
    if (tuneMs !== null && tuneOkMs !== null) times[4]?.add(Math.max(tuneMs, tuneOkMs));
    if (openMs !== null) times[5]?.add(openMs);
  }

  get steps(): readonly StepCount[] {
    const parts = this.kept();
    return STEPS.map((step, nth) => {
      const times = new LogHistogram();
      for (const part of parts) times.addAll(part.times[nth] as LogHistogram);
      const count = parts.reduce((sum, { last }) => last.subarray(nth).reduce((all, each) => all + each, sum), 0);
      return { step, count, medianMs: times.median };
    });
  }

  get leftOut(): LeftOut {
    const parts = this.kept();
    const sumOf = (key: keyof LeftOut) => parts.reduce((sum, { leftOut }) => sum + leftOut[key], 0);
    return {
      healthChecks: sumOf('healthChecks'),
      amqp10: sumOf('amqp10'),
      otherProtocols: sumOf('otherProtocols'),
    };
  }

  private kept(): readonly Ended[] {
    this.slots.advance(this.clock.now());
    return this.ended;
  }
}

/** Returns the place in `STEPS` of the last step that was reached. What the broker sends shows that it has accepted all before. */
function lastStepOf({ timing: { headerMs, startMs, tuneMs, tuneOkMs, openMs } }: Report): number {
  if (openMs !== null) return 5;
  if (tuneMs !== null) return tuneOkMs === null ? 3 : 4;
  if (startMs !== null) return 2;
  return headerMs === null ? 0 : 1;
}

function whyLeftOut({ healthCheck, header: { hex }, upstream, timing }: Report): keyof LeftOut | null {
  if (hex.length === 16 && hex.startsWith(AMQP) && hex.endsWith(AMQP10)) return 'amqp10';
  if (healthCheck && timing.openMs === null) return 'healthChecks';
  // In guard mode the upstream is dialed only for a protocol header.
  return upstream !== null && !hex.startsWith(AMQP) ? 'otherProtocols' : null;
}
