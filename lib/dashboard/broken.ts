import { age, count } from './format.js';
import type { LiveState } from './live.js';
import { fragmentOf } from './route.js';

/** Something that is broken on purpose. */
export type Broken = {
  readonly what: 'fault' | 'scenario' | 'proxy' | 'health checks';
  readonly name: string;
  /** A few words about it; they may be empty. */
  readonly detail: string;
  /** When it began, ISO 8601; null: not known. */
  readonly since: string | null;
  /** The fragment of the URL where it can be changed. */
  readonly href: string;
};

/** Lists what is broken on purpose: faults, scenarios, proxies that are down, and health checks that are made to fail. */
export function brokenOnPurpose({ overview, faults, scenarios }: LiveState): readonly Broken[] {
  const now = overview === null ? Number.NaN : Date.parse(overview.at);
  return [
    ...(overview?.proxies ?? [])
      .filter(({ enabled }) => !enabled)
      .map(({ name }) => broken('proxy', name, 'is down', null, 'proxies')),
    ...scenarios.map(({ id, name, elapsedMs, leaseLeftMs, leftMs }) => {
      const left = [leaseLeftMs, leftMs].filter((each) => each !== null);
      const detail = left.length === 0 ? 'until it is stopped' : `${age(Math.min(...left))} left`;
      const since = Number.isNaN(now) ? null : new Date(now - elapsedMs).toISOString();
      return broken('scenario', name ?? id, detail, since, 'faults');
    }),
    ...faults
      .filter(({ enabled, scenario }) => enabled && scenario === null)
      .map(({ id, type, state, hits, times, addedAt }) => {
        const of = times === null ? '' : ` of ${count(times)}`;
        const inactive = state === 'active' ? '' : `, ${state}`;
        return broken('fault', id, `${type}, ${count(hits)}${of} hits${inactive}`, addedAt, 'faults', id);
      }),
    ...(overview?.proxies ?? [])
      .filter(({ healthChecks: set }) =>
        (typeof set === 'string' ? [set] : set.map(({ answer }) => answer)).includes('fail'),
      )
      .map(({ name }) => broken('health checks', name, 'fail', null, 'proxies')),
  ];
}

function broken(
  what: Broken['what'],
  name: string,
  detail: string,
  since: string | null,
  view: 'faults' | 'proxies',
  selected: string | null = null,
): Broken {
  return { what, name, detail, since, href: fragmentOf({ view, selected }) };
}
