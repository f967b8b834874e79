import type { Snapshot } from '../../lib/cli/top/snapshot.js';
import type { ProxyOverview } from '../../lib/control/overview.js';
import type { FaultView } from '../../lib/control/routes/faults.js';
import type { ScenarioView } from '../../lib/control/scenario-view.js';
import type { HealthCheckRow } from '../../lib/health-check/health-check-row.js';

const NOW = '2026-11-23T06:02:07.527Z';

/** A proxy as the overview shows it, with the given changes. */
export const proxyOverview = (change: Partial<ProxyOverview> = {}): ProxyOverview => ({
  name: 'amqp',
  listen: '127.0.0.1:5673',
  upstream: 'localhost:5672',
  enabled: true,
  mirrorUpstream: false,
  upstreamState: null,
  mode: 'guard',
  dialect: 'auto',
  learned: { product: 'RabbitMQ', version: '4.0.5', dialect: '4.0' },
  healthChecks: 'forward',
  open: 3,
  ...change,
});

/** A fault, with the given changes. */
export const faultView = (change: Partial<FaultView> = {}): FaultView => ({
  id: 'amqp/cut',
  name: 'cut',
  type: 'amqp_close',
  proxy: 'amqp',
  stream: 'downstream',
  toxicity: 1,
  valuesNow: {},
  state: 'active',
  changesAt: null,
  attributes: { at: 'open', code: 320 },
  when: { user: 'app' },
  times: 2,
  enabled: true,
  addedAt: NOW,
  removedAt: null,
  scenario: null,
  hits: 1,
  seen: [],
  ...change,
});

/** A scenario in its first of two steps, with the given changes. */
export const scenarioView = (change: Partial<ScenarioView> = {}): ScenarioView => ({
  id: 'scenario-1',
  name: 'restart',
  lease: 10_000,
  leaseLeftMs: 9_000,
  faults: ['amqp/cut'],
  elapsedMs: 1_000,
  leftMs: 90_000,
  round: 1,
  rounds: 1,
  steps: [
    { what: 'amqp_close at=open', proxy: 'amqp', after: 0, until: null, state: 'active' },
    { what: 'down', proxy: 'amqp', after: 5_000, until: null, state: 'waiting' },
  ],
  ...change,
});

/** A check every 2 s, with the given changes. */
export const checkRow = (change: Partial<HealthCheckRow> = {}): HealthCheckRow => ({
  source: '10.0.0.20',
  proxy: 'amqp',
  style: 'header_only',
  guess: { what: 'haproxy_amqp_check', detail: 'HAProxy', confidence: 'likely', advice: null },
  periodMs: 2_000,
  jitterMs: 7,
  count: 24,
  firstSeen: '2026-11-23T06:01:00.000Z',
  lastSeen: '2026-11-23T06:02:06.527Z',
  established: true,
  broker: {
    reason: 'connection_closed_abruptly',
    level: 'warning',
    entries: 2,
    entriesPerDay: 86_400,
    linesPerDay: 86_400,
    debug: { entries: 2, entriesPerDay: 86_400, linesPerDay: 86_400 },
  },
  advice: 'Nothing to change.',
  ...change,
});

/** What `top` shows of an instance with one proxy and nothing broken, with the given changes. */
export function topSnapshot({
  overview,
  sources = [checkRow()],
  ...change
}: Partial<Omit<Snapshot, 'overview' | 'healthChecks'>> & {
  readonly overview?: Partial<Snapshot['overview']>;
  readonly sources?: readonly HealthCheckRow[];
} = {}): Snapshot {
  return {
    rates: { accepted: 12, ended: 11.5, forward: 3, refuse: 8, fault: 0, none: 0.5, healthChecks: 0.5 },
    faults: [],
    scenarios: [],
    healthChecks: {
      sources: [...sources],
      total: sources.length,
      dropped: 0,
      invisible: {
        available: false,
        why: 'no permission',
        count: 0,
        periodMs: null,
        since: null,
        firstSeen: null,
        lastSeen: null,
        note: '',
      },
    },
    ...change,
    overview: {
      at: NOW,
      startedAt: '2026-11-23T05:57:07.527Z',
      version: '0.1.0',
      totals: { accepted: 1_237, ended: 1_234, forward: 400, refuse: 800, fault: 0, none: 34, healthChecks: 30 },
      open: { header: 1, running: 2 },
      timeline: {
        slotMs: 5_000,
        from: Date.parse(NOW) - 900_000,
        accepted: Array.from({ length: 180 }, () => 1),
        reasons: {
          connection_closed: Array.from({ length: 180 }, () => 1),
          bad_header: Array.from({ length: 180 }, (_, at) => (at < 90 ? 0 : 8)),
        },
      },
      funnel: (['accepted', 'header', 'start', 'tune', 'open', 'running'] as const).map((step, at) => ({
        step,
        count: 1_000 - 100 * at,
        medianMs: at === 0 ? null : 10 * at,
      })),
      notInFunnel: { healthChecks: 7, amqp10: 1, otherProtocols: 0 },
      proxies: [proxyOverview()],
      outputs: { log: { state: 'ok' } as never, reports: null },
      limits: {
        connections: { open: 3, max: 1_000, openFiles: 1_024 },
        memory: { used: 1, limit: null, refusing: false },
      },
      eventClients: 0,
      ...overview,
    },
  };
}
