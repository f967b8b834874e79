import type { FunnelStep } from '../../control/overview.js';
import type { LeftOut } from '../../report/handshake-funnel.js';
import { count } from '../format.js';

/** A step of the handshake as it is shown. Shares are from 0 to 1. */
export type FunnelRow = FunnelStep & {
  /** The share of all accepted connections that reached it. */
  readonly share: number;
  /** The share of those in the step before that did not reach it; null: there is no step before, or nobody was there. */
  readonly lost: number | null;
};

/** Adds to each step of the handshake how many connections it has lost. */
export function funnelRows(steps: readonly FunnelStep[]): readonly FunnelRow[] {
  const all = steps[0]?.count ?? 0;
  return steps.map((step, nth) => {
    const before = steps[nth - 1]?.count ?? 0;
    return {
      ...step,
      share: all === 0 ? 0 : step.count / all,
      lost: before === 0 ? null : Math.max(0, 1 - step.count / before),
    };
  });
}

/** `12 %`; one that is not 0 is never shown as 0. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  return share < 1 && share > 0.99 ? '99 %' : `${Math.round(share * 100)} %`;
}

/** Says what is not part of the funnel: `without 260 health checks`; nothing if everything is. */
export function leftOutText({ healthChecks, amqp10, otherProtocols }: LeftOut): string {
  const parts = [
    counted(healthChecks, 'health check'),
    counted(amqp10, 'AMQP 1.0 client'),
    counted(otherProtocols, 'client of another protocol', 'clients of other protocols'),
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `without ${parts.join(', ')}`;
}

function counted(number: number, one: string, several = `${one}s`): string | null {
  return number === 0 ? null : `${count(number)} ${number === 1 ? one : several}`;
}
