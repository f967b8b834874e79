import type { Clock } from '../clock.js';
import { EventStream } from '../control/event-stream.js';
import type { Faults } from '../faults/proxy-faults.js';
import { Activity } from '../report/activity.js';
import { History } from '../report/history.js';
import type { MetricSources } from '../report/metric-sources.js';
import { Metrics } from '../report/metrics.js';
import { faultsLeft } from '../running/faults-left.js';
import { SeenByFaults } from '../running/seen-by-faults.js';

/** Maximum clients of the event stream. */
const MOST_FOLLOWERS = 64;

/** What the control API answers requests from: everything that is remembered about connections and what faults did to them. */
export class Records {
  readonly seen: SeenByFaults;
  readonly history: History;
  readonly activity: Activity;
  readonly events: EventStream;
  readonly metrics: Metrics;

  /**
   * @param options `history`: maximum reports, and maximum events, that are kept; `now`: returns the state of the instance when the
   *   metrics are read
   */
  constructor({
    history,
    clock,
    faults: { list },
    now,
  }: {
    readonly history: number;
    readonly clock: Clock;
    readonly faults: Faults;
    readonly now: Omit<MetricSources, 'faults' | 'events'>;
  }) {
    this.seen = new SeenByFaults(list);
    this.history = new History(history, clock);
    this.activity = new Activity(clock);
    this.events = new EventStream({ history, reports: this.history, mostClients: MOST_FOLLOWERS, clock });
    this.metrics = new Metrics({ ...now, faults: () => faultsLeft(list.all, clock), events: () => this.events.state });
    list.follow(({ action, live: { id, fault, enabled, scenario, hits } }) =>
      this.events.publish('fault', { action, id, fault, enabled, scenario, hits }),
    );
  }
}
