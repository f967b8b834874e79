import test from 'ava';
import type { Limits } from '../../lib/report/limits.js';
import type { OpenForMetrics } from '../../lib/report/metric-sources.js';
import { METRICS } from '../../lib/report/metric-table.js';
import type { Metrics } from '../../lib/report/metrics.js';
import { version } from '../../lib/version.js';
import { protocolHeader } from '../support/bytes.js';
import { metricsOf, ownText } from '../support/metrics.js';
import { REASONS } from '../support/reasons.js';
import { ended, reportWith } from '../support/report.js';
import { UNLIMITED } from '../support/unlimited.js';

/** Returns the samples by name and labels, as Prometheus reads them. */
const samples = async (metrics: Metrics): Promise<Readonly<Record<string, number>>> => {
  const lines = (await ownText(metrics)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.split(' ').at(-1)?.replace('+Inf', 'Infinity')),
    ]),
  );
};
/** Returns the samples of one metric by label. */
const of = async (metrics: Metrics, name: string): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    Object.entries(await samples(metrics))
      .filter(([series]) => series.startsWith(`${name}{`))
      .map(([series, value]) => [series.slice(name.length), value]),
  );

const openWith = (about: Partial<OpenForMetrics> = {}): OpenForMetrics => ({
  id: 'a-7',
  proxy: 'amqp',
  listen: '11.11.11.15:5672',
  upstream: null,
  stage: 'header',
  octets: { received: 0, sent: 0 },
  ...about,
});

const FAULT = { proxy: 'amqp', name: 'flaky', type: 'amqp_reset', addedAt: 1_800_000_000_250 };
const hit = (name: string) => ({ id: `amqp/${name}`, name, type: 'amqp_reset', at: 'start' });

test('the registry contains exactly the metrics of the table, with help and type', async (t) => {
  const metrics = metricsOf();
  const heads = (await ownText(metrics)).split('\n').filter((line) => line.startsWith('# '));
  t.deepEqual(
    heads,
    Object.entries(METRICS).flatMap(([name, { help, type }]) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]),
  );
  t.is(metrics.contentType, 'text/plain; version=0.0.4; charset=utf-8');
});

test('every series has exactly the labels of the table', async (t) => {
  const metrics = metricsOf({
    open: () => [openWith()],
    invisible: () => ({ available: true, count: 3 }),
    faults: () => [FAULT],
  });
  metrics.report(reportWith({ isLocal: true, timing: { ...reportWith().timing, headerMs: 1 } }));
  metrics.faultActed({ proxy: 'amqp', fault: hit('flaky') });
  const seen = new Map<string, Set<string>>();
  for (const series of Object.keys(await samples(metrics))) {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const metric = name.replace(/(?<=handshake_seconds)_(bucket|sum|count)$/, '');
    const names = seen.get(metric) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') names.add(label);
    seen.set(metric, names);
  }
  t.deepEqual(
    Object.fromEntries([...seen].map(([name, labels]) => [name, [...labels].sort()])),
    Object.fromEntries(Object.entries(METRICS).map(([name, { labels }]) => [name, Object.keys(labels).sort()])),
  );
});

test('connections are counted by proxy, decision and reason', async (t) => {
  const metrics = metricsOf();
  metrics.report(reportWith());
  metrics.report(reportWith());
  metrics.report(reportWith({ proxy: 'other', decision: 'forward', reason: REASONS.connection_closed }));
  t.deepEqual(await of(metrics, 'rabbit_snare_connections_total'), {
    '{proxy="amqp",decision="refuse",reason="handshake_timeout"}': 2,
    '{proxy="other",decision="forward",reason="connection_closed"}': 1,
  });
});

test('open connections are counted as of now, and a stage without connections drops to 0', async (t) => {
  let open = [openWith(), openWith({ id: 'a-8' }), openWith({ id: 'a-9', stage: 'running' })];
  const metrics = metricsOf({ open: () => open });
  const name = 'rabbit_snare_open_connections';
  t.deepEqual(await of(metrics, name), { '{proxy="amqp",stage="header"}': 2, '{proxy="amqp",stage="running"}': 1 });
  open = [openWith({ stage: 'running' })];
  t.deepEqual(await of(metrics, name), { '{proxy="amqp",stage="header"}': 0, '{proxy="amqp",stage="running"}': 1 });
});

test('each step of the handshake that was reached is observed in seconds', async (t) => {
  const metrics = metricsOf();
  const timing = { headerMs: 1, upstreamConnectMs: 2, startMs: 30, tuneMs: 400, tuneOkMs: null, openMs: null };
  metrics.report(reportWith({ timing }));
  const sums = await of(metrics, 'rabbit_snare_handshake_seconds_sum');
  t.deepEqual(sums, {
    '{proxy="amqp",step="header"}': 0.001,
    '{proxy="amqp",step="upstream_connect"}': 0.002,
    '{proxy="amqp",step="start"}': 0.03,
    '{proxy="amqp",step="tune"}': 0.4,
  });
});

test('bytes of open connections are counted immediately, and only once', async (t) => {
  let open: readonly OpenForMetrics[] = [];
  const metrics = metricsOf({ open: () => open });
  const name = 'rabbit_snare_octets_total';
  const [up, down] = ['{proxy="amqp",direction="upstream"}', '{proxy="amqp",direction="downstream"}'] as const;

  open = [openWith({ octets: { received: 8, sent: 500 } })];
  t.deepEqual(await of(metrics, name), { [up]: 8, [down]: 500 });
  t.deepEqual(await of(metrics, name), { [up]: 8, [down]: 500 });
  open = [openWith({ upstream: '10.0.0.1:5672', octets: { received: 10, sent: 500 } })];
  t.deepEqual(await of(metrics, name), { [up]: 10, [down]: 500 });
  open = [];
  metrics.report(reportWith({ upstream: '10.0.0.1:5672', octets: { received: 12, sent: 600 } }));
  metrics.report(reportWith({ id: 'a-8', octets: { received: 100, sent: 0 } }));
  t.deepEqual(await of(metrics, name), { [up]: 112, [down]: 600 });
});

test('a metric does not decrease when the count of a connection drops at the start of TLS', async (t) => {
  let open = [openWith({ octets: { received: 300, sent: 0 } })];
  const metrics = metricsOf({ open: () => open });
  const received = async () => (await of(metrics, 'rabbit_snare_octets_total'))['{proxy="amqp",direction="upstream"}'];
  t.is(await received(), 300);
  open = [openWith({ octets: { received: 8, sent: 0 } })];
  t.is(await received(), 300);
  metrics.report(reportWith({ octets: { received: 310, sent: 0 } }));
  open = [];
  t.is(await received(), 310);
});

test("Toxiproxy's metrics report the bytes read and written on each link where they were counted", async (t) => {
  const metrics = metricsOf();
  const upstream = '10.0.0.1:5672';
  const octets = { received: 20, sent: 30 };
  metrics.report(reportWith({ upstream, octets }));
  const labels = (direction: string): string =>
    `{direction="${direction}",listener="11.11.11.15:5672",proxy="amqp",upstream="${upstream}"}`;
  const [received, sent] = ['toxiproxy_proxy_received_bytes_total', 'toxiproxy_proxy_sent_bytes_total'] as const;
  t.deepEqual(await of(metrics, received), { [labels('upstream')]: 20 });
  t.deepEqual(await of(metrics, sent), { [labels('downstream')]: 30 });
  metrics.report(reportWith({ id: 'a-8', upstream, octets }), { upstreamOctets: { received: 35, sent: 15 } });
  t.deepEqual(await of(metrics, received), { [labels('upstream')]: 40, [labels('downstream')]: 35 });
  t.deepEqual(await of(metrics, sent), { [labels('downstream')]: 60, [labels('upstream')]: 15 });
});

test('faults are counted by name, and health checks by style', async (t) => {
  const metrics = metricsOf();
  for (const name of ['flaky', 'flaky', 'slow']) metrics.faultActed({ proxy: 'amqp', fault: hit(name) });
  t.deepEqual(await of(metrics, 'rabbit_snare_faults_total'), {
    '{proxy="amqp",fault="flaky"}': 2,
    '{proxy="amqp",fault="slow"}': 1,
  });
  const check = { reason: REASONS.connection_closed_abruptly, ended: ended('client', 'fin', 'fin') };
  metrics.report(reportWith());
  metrics.report(reportWith({ ...check, header: protocolHeader(0, 0, 9, 1) }));
  metrics.report(reportWith({ ...check, isLocal: true }));
  t.deepEqual(await of(metrics, 'rabbit_snare_health_checks_total'), {
    '{proxy="amqp",style="header_only"}': 1,
    '{proxy="amqp",style="proxy_local"}': 1,
  });
});

test('the number of series is bounded, however many clients, names and addresses there are', async (t) => {
  const metrics = metricsOf();
  for (let nth = 0; nth < 3000; nth++) {
    metrics.report(reportWith({ id: `a-${nth}`, client: `10.0.0.1:${nth}` }));
    metrics.report(reportWith({ id: `b-${nth}`, listen: `127.0.0.1:${nth}` }));
    metrics.faultActed({ proxy: 'amqp', fault: hit(`f${nth}`) });
  }
  t.is(Object.keys(await of(metrics, 'rabbit_snare_connections_total')).length, 1);
  t.is(Object.keys(await of(metrics, 'rabbit_snare_faults_total')).length, 1001);
  t.is(Object.keys(await of(metrics, 'toxiproxy_proxy_sent_bytes_total')).length, 1001);
  t.is((await of(metrics, 'rabbit_snare_faults_total'))['{proxy="amqp",fault="other"}'], 2000);
  for (let nth = 0; nth < 3000; nth++) {
    metrics.report(reportWith({ id: `c-${nth}`, proxy: `p${nth}` }));
    metrics.faultActed({ proxy: `p${nth}`, fault: hit('flaky') });
  }
  t.is(Object.keys(await of(metrics, 'rabbit_snare_connections_total')).length, 1001);
  t.is(Object.keys(await of(metrics, 'toxiproxy_proxy_sent_bytes_total')).length, 2001);
});

test('a name with quotes, backslashes and line ends is escaped as Prometheus requires', async (t) => {
  const metrics = metricsOf();
  metrics.faultActed({ proxy: 'a"b\\c\nd', fault: hit('flaky') });
  t.is((await of(metrics, 'rabbit_snare_faults_total'))['{proxy="a\\"b\\\\c\\nd",fault="flaky"}'], 1);
});

test('invisible checks have a series only while they are counted', async (t) => {
  for (const available of [true, false]) {
    const metrics = metricsOf({ invisible: () => ({ available, count: 3 }) });
    t.is((await samples(metrics))['rabbit_snare_invisible_checks_total'], available ? 3 : undefined);
  }
});

test('the limits of the process are gauges, and no limit is +Inf', async (t) => {
  const limited: Limits = {
    connections: { open: 3, max: 47, openFiles: 200 },
    memory: { used: 120_000_000, limit: 134_217_728, refusing: true },
  };
  const names = ['max_connections', 'memory_used_bytes', 'memory_limit_bytes', 'memory_refusing'];
  const valuesOf = async (limits: Limits) => {
    const all = await samples(metricsOf({ limits: () => limits }));
    return names.map((name) => all[`rabbit_snare_${name}`]);
  };
  t.deepEqual(await valuesOf(limited), [47, 120_000_000, 134_217_728, 1]);
  t.deepEqual(await valuesOf(UNLIMITED), [
    Number.POSITIVE_INFINITY,
    UNLIMITED.memory.used,
    Number.POSITIVE_INFINITY,
    0,
  ]);
});

test('faults are counted by type, over all names', async (t) => {
  const metrics = metricsOf();
  for (const name of ['flaky', 'slow']) metrics.faultActed({ proxy: 'amqp', fault: hit(name) });
  metrics.faultActed({ proxy: 'amqp', fault: { ...hit('late'), type: 'latency' } });
  t.deepEqual(await of(metrics, 'rabbit_snare_fault_hits_total'), {
    '{proxy="amqp",type="amqp_reset"}': 2,
    '{proxy="amqp",type="latency"}': 1,
  });
});

test('a fault has the time at which it was added, in seconds, and no series after its end', async (t) => {
  let faults = [FAULT, { ...FAULT, name: 'late', type: 'latency', addedAt: 1_800_000_001_000 }];
  const metrics = metricsOf({ faults: () => faults });
  const name = 'rabbit_snare_fault_added_timestamp_seconds';
  const flaky = '{proxy="amqp",fault="flaky",type="amqp_reset"}';
  t.deepEqual(await of(metrics, name), {
    [flaky]: 1_800_000_000.25,
    '{proxy="amqp",fault="late",type="latency"}': 1_800_000_001,
  });
  faults = [FAULT];
  t.deepEqual(await of(metrics, name), { [flaky]: 1_800_000_000.25 });
});

test('the times of faults above the limit of names share a series, which has the earliest', async (t) => {
  const faults = [3, 1, 2].map((after) => ({ ...FAULT, name: `late${after}`, addedAt: FAULT.addedAt + after * 1000 }));
  const metrics = metricsOf({ faults: () => faults });
  for (let nth = 0; nth < 1000; nth++) metrics.faultActed({ proxy: 'amqp', fault: hit(`f${nth}`) });
  t.deepEqual(await of(metrics, 'rabbit_snare_fault_added_timestamp_seconds'), {
    '{proxy="amqp",fault="other",type="amqp_reset"}': 1_800_000_001.25,
  });
});

test('dropped reports are counted by output, and for the file only while one is written', async (t) => {
  const events = () => ({ clients: 2, cutOff: 3, reportsDropped: 40 });
  const name = 'rabbit_snare_reports_dropped_total';
  t.deepEqual(await of(metricsOf({ events }), name), { '{output="file"}': 3, '{output="events"}': 40 });
  const outputs = () => ({ log: { failing: null, lost: 0 }, reports: null });
  const metrics = metricsOf({ events, outputs });
  t.deepEqual(await of(metrics, name), { '{output="events"}': 40 });
  const all = await samples(metrics);
  t.deepEqual([all['rabbit_snare_event_clients'], all['rabbit_snare_event_clients_cut_off_total']], [2, 3]);
});

test('the outcomes that alerts rest on start at 0 for each proxy', async (t) => {
  const metrics = metricsOf({ proxies: () => ['amqp', 'tls'] });
  const counted = await of(metrics, 'rabbit_snare_connections_total');
  for (const proxy of ['amqp', 'tls']) {
    for (const outcome of [
      'decision="refuse",reason="handshake_timeout"',
      'decision="forward",reason="upstream_unreachable"',
    ]) {
      t.is(counted[`{proxy="${proxy}",${outcome}}`], 0);
    }
  }
  metrics.report(reportWith());
  t.is(
    (await of(metrics, 'rabbit_snare_connections_total'))[
      '{proxy="amqp",decision="refuse",reason="handshake_timeout"}'
    ],
    1,
  );
});

test('build info names the versions of rabbit-snare and Node.js', async (t) => {
  t.deepEqual(await of(metricsOf(), 'rabbit_snare_build_info'), {
    [`{version="${version}",node="${process.versions.node}"}`]: 1,
  });
});

test('metrics of the process follow, the same for all instances, without values that were not measured', async (t) => {
  const texts = await Promise.all([metricsOf().text(), metricsOf().text()]);
  for (const text of texts) {
    t.regex(text, /^process_resident_memory_bytes \d+$/m);
    t.regex(text, /^# TYPE nodejs_eventloop_lag_p99_seconds gauge$/m);
    t.notRegex(text, /_total gauge$/m);
    t.notRegex(text, / (nan|9223372036\.854776)$/im);
  }
});
