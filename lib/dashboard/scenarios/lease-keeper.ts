import type { ScenarioView } from '../../control/scenario-view.js';
import { type Control, RequestError } from '../control.js';

/** Calls `work` every `ms`. @returns a function that stops it */
export type Every = (ms: number, work: () => void) => () => void;

const everyInterval: Every = (ms, work) => {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
};

/** Renewals per lease: two can be late or lost. */
const RENEWALS = 3;

/**
 * Renews the leases of the scenarios that this page has started, for as long as the page is open, whatever view it shows. When the
 * page is closed, they end with their leases.
 */
export class LeaseKeeper {
  private readonly control: Pick<Control, 'ask'>;
  private readonly every: Every;
  private readonly stops = new Map<string, () => void>();

  constructor(control: Pick<Control, 'ask'>, every: Every = everyInterval) {
    this.control = control;
    this.every = every;
  }

  /** Whether this page renews the lease of a scenario. */
  keeps(id: string): boolean {
    return this.stops.has(id);
  }

  /** Renews the lease of a scenario from now on, if it has one, until the scenario has ended. */
  keep({ id, lease }: Pick<ScenarioView, 'id' | 'lease'>): void {
    if (lease === null || this.keeps(id)) return;
    this.stops.set(
      id,
      this.every(Math.max(1, lease / RENEWALS), () => void this.renew(id)),
    );
  }

  /** Renews it no longer. */
  leave(id: string): void {
    this.stops.get(id)?.();
    this.stops.delete(id);
  }

  private async renew(id: string): Promise<void> {
    try {
      await this.control.ask('POST', `/scenarios/${encodeURIComponent(id)}/renew`);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Without an answer, the next renewal may still be in time.
      if (error.status === 404) this.leave(id);
    }
  }
}

const keepers = new WeakMap<Control, LeaseKeeper>();

/** The lease keeper of the page. It outlives the view that started a scenario. */
export function leaseKeeperOf(control: Control): LeaseKeeper {
  const keeper = keepers.get(control) ?? new LeaseKeeper(control);
  keepers.set(control, keeper);
  return keeper;
}
