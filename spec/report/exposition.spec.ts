import test from 'ava';
import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReportExtras } from '../../lib/report/events.js';
import { METRICS, type MetricName } from '../../lib/report/metric-table.js';
import type { Report } from '../../lib/report/report.js';
import { version } from '../../lib/version.js';
import { metricsOf, ownText } from '../support/metrics.js';
import { REASONS } from '../support/reasons.js';
import { ended, reportWith } from '../support/report.js';
import { UNLIMITED } from '../support/unlimited.js';

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const STEPS = {
  header: 'headerMs',
  upstream_connect: 'upstreamConnectMs',
  start: 'startMs',
  tune: 'tuneMs',
  open: 'openMs',
} as const;

const anyMs = fc.option(
  fc.oneof(
    fc.nat({ max: 40_000_000 }).map((micros) => micros / 1000),
    fc.constantFrom(...BUCKETS).map((bound) => bound * 1000),
  ),
  { nil: null },
);
const anyOctets = fc.record({ received: fc.nat(), sent: fc.nat() });
const anyEnd = fc.record({
  proxy: fc.constantFrom('amqp', 'a"b\\c\nd', 'tls'),
  listen: fc.constantFrom('127.0.0.1:5673', '[::1]:5673'),
  upstream: fc.constantFrom('127.0.0.1:5672', 'stand-in', null),
  decision: fc.constantFrom('forward', 'refuse', 'fault', 'none'),
  reason: fc.constantFrom(...Object.values(REASONS)),
  ended: fc.constantFrom(ended('client', 'fin', 'fin'), ended('proxy', null, 'rst')),
  isLocal: fc.boolean(),
  timing: fc.record({
    headerMs: anyMs,
    upstreamConnectMs: anyMs,
    startMs: anyMs,
    tuneMs: anyMs,
    tuneOkMs: anyMs,
    openMs: anyMs,
  }),
  octets: anyOctets,
  upstreamOctets: fc.option(anyOctets, { nil: null }),
});
type End = { readonly report: Report; readonly extras: ReportExtras };

const settings = <Name extends MetricName>(name: Name, registry: Registry) => ({
  name,
  help: METRICS[name].help,
  labelNames: Object.keys(METRICS[name].labels),
  registers: [registry],
});

/** Counts the ends of connections with the counters of prom-client, each by itself. */
async function expected(ends: readonly End[]): Promise<string> {
  const registry = new Registry();
  const counter = (name: MetricName) => new Counter(settings(name, registry));
  const gauge = (name: MetricName) => new Gauge(settings(name, registry));
  const connections = counter('rabbit_snare_connections_total');
  gauge('rabbit_snare_open_connections');
  const handshake = new Histogram({ ...settings('rabbit_snare_handshake_seconds', registry), buckets: BUCKETS });
  const octets = counter('rabbit_snare_octets_total');
  counter('rabbit_snare_faults_total');
  counter('rabbit_snare_fault_hits_total');
  gauge('rabbit_snare_fault_added_timestamp_seconds');
  const checks = counter('rabbit_snare_health_checks_total');
  counter('rabbit_snare_invisible_checks_total').inc(4);
  const lost = counter('rabbit_snare_lines_lost_total');
  const failing = gauge('rabbit_snare_output_failing');
  const dropped = counter('rabbit_snare_reports_dropped_total');
  dropped.inc({ output: 'file' }, 3);
  dropped.inc({ output: 'events' }, 0);
  gauge('rabbit_snare_event_clients').set(0);
  counter('rabbit_snare_event_clients_cut_off_total');
  gauge('rabbit_snare_max_connections').set(Number.POSITIVE_INFINITY);
  gauge('rabbit_snare_memory_used_bytes').set(UNLIMITED.memory.used);
  gauge('rabbit_snare_memory_limit_bytes').set(Number.POSITIVE_INFINITY);
  gauge('rabbit_snare_memory_refusing').set(0);
  gauge('rabbit_snare_build_info').set({ version, node: process.versions.node }, 1);
  const received = counter('toxiproxy_proxy_received_bytes_total');
  const sent = counter('toxiproxy_proxy_sent_bytes_total');
  const withUpstream = new Set<string>();
  const flowOf = ({ proxy, listen, upstream }: Report) => `${proxy} ${listen} ${upstream}`;
  for (const { report, extras } of ends) if (extras.upstreamOctets !== null) withUpstream.add(flowOf(report));
  for (const { report, extras } of ends) {
    const { proxy, decision, reason, timing, listen, upstream } = report;
    connections.inc({ proxy, decision, reason: reason.name });
    for (const [step, key] of Object.entries(STEPS)) {
      const ms = timing[key];
      if (ms !== null) handshake.observe({ proxy, step }, ms / 1000);
    }
    const style = report.healthCheck ? report.healthCheckStyle : null;
    if (style !== null) checks.inc({ proxy, style });
    octets.inc({ proxy, direction: 'upstream' }, report.octets.received);
    octets.inc({ proxy, direction: 'downstream' }, report.octets.sent);
    const flow = { listener: listen, proxy, upstream: upstream ?? '' };
    received.inc({ direction: 'upstream', ...flow }, report.octets.received);
    sent.inc({ direction: 'downstream', ...flow }, report.octets.sent);
    if (!withUpstream.has(flowOf(report))) continue;
    sent.inc({ direction: 'upstream', ...flow }, extras.upstreamOctets?.sent ?? 0);
    received.inc({ direction: 'downstream', ...flow }, extras.upstreamOctets?.received ?? 0);
  }
  failing.set({ output: 'log' }, 0);
  failing.set({ output: 'reports' }, 1);
  lost.inc({ output: 'log' }, 0);
  lost.inc({ output: 'reports' }, 3);
  return registry.metrics();
}

test('the metrics of any connections are, byte for byte, those that prom-client counts', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEnd, { maxLength: 40 }), fc.nat({ max: 40 }), async (all, scrapeAfter) => {
      const ends = all.map(({ upstreamOctets, ...facts }, nth) => ({
        report: reportWith({ id: `a-${nth}`, ...facts }),
        extras: { upstreamOctets, acceptedAt: 0 },
      }));
      const metrics = metricsOf({ invisible: () => ({ available: true, count: 4 }) });
      for (const [nth, { report, extras }] of ends.entries()) {
        if (nth === scrapeAfter) t.is(sorted(await ownText(metrics)), sorted(await expected(ends.slice(0, nth))));
        metrics.report(report, extras);
      }
      const text = await ownText(metrics);
      t.is(sorted(text), sorted(await expected(ends)));
      // Without a scrape in between, also in the same order.
      if (scrapeAfter >= ends.length) t.is(text, await expected(ends));
    }),
    { numRuns: 60 },
  );
});

/** The order of flows depends on when they were scraped first. */
const sorted = (text: string): string => text.split('\n').sort().join('\n');
