import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { OutputState } from '../output/line-output.js';
import type { FaultActed, ReportExtras } from './events.js';
import { healthCheckStyle } from './health-check-style.js';
import { LabelValues, OTHER } from './label-values.js';
import type { Limits } from './limits.js';
import { type LabelOf, METRICS, type MetricName } from './metric-table.js';
import type { Outputs } from './outputs.js';
import type { Report } from './report.js';
import { type Carried, type Flow, Traffic } from './traffic.js';

/** What the metrics need to know about an open connection. */
export type OpenForMetrics = Carried & {
  readonly stage: string;
  readonly upstreamOctets?: ReportExtras['upstreamOctets'];
};

/** Maximum proxies with their own label; later ones become `other`. */
const MOST_PROXIES = 1000;
/** Maximum faults with their own label, for all proxies together. */
const MOST_FAULTS = 1000;

/** In seconds: from a handshake on loopback to more than the handshake timeout. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const STEPS = [
  ['header', 'headerMs'],
  ['upstream_connect', 'upstreamConnectMs'],
  ['start', 'startMs'],
  ['tune', 'tuneMs'],
  ['open', 'openMs'],
] as const satisfies readonly (readonly [step: string, key: keyof Report['timing']])[];

type OpenOfStage = { readonly labels: { readonly proxy: string; readonly stage: string }; count: number };

/** Collects the metrics of all proxies for Prometheus. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly outputs: () => Outputs;
  private readonly limits: () => Limits;
  private readonly open: () => readonly OpenForMetrics[];
  private readonly proxies = new LabelValues(MOST_PROXIES);
  private readonly faultsKnown = new LabelValues(MOST_FAULTS);
  private readonly traffic = new Traffic();
  /** Every stage that ever had a connection, so that its gauge drops to 0 instead of disappearing. */
  private readonly stages = new Map<string, OpenOfStage>();

  private readonly connections = new Counter(this.settings('rabbit_snare_connections_total'));
  private readonly openConnections = new Gauge(this.settings('rabbit_snare_open_connections'));
  private readonly handshake = new Histogram({
    ...this.settings('rabbit_snare_handshake_seconds'),
    buckets: BUCKETS,
  });
  private readonly octets = new Counter(this.settings('rabbit_snare_octets_total'));
  private readonly faults = new Counter(this.settings('rabbit_snare_faults_total'));
  private readonly healthChecks = new Counter(this.settings('rabbit_snare_health_checks_total'));
  private readonly linesLost = new Counter(this.settings('rabbit_snare_lines_lost_total'));
  private readonly outputFailing = new Gauge(this.settings('rabbit_snare_output_failing'));
  private readonly maxConnections = new Gauge(this.settings('rabbit_snare_max_connections'));
  private readonly memoryUsed = new Gauge(this.settings('rabbit_snare_memory_used_bytes'));
  private readonly memoryLimit = new Gauge(this.settings('rabbit_snare_memory_limit_bytes'));
  private readonly memoryRefusing = new Gauge(this.settings('rabbit_snare_memory_refusing'));
  private readonly received = new Counter(this.settings('toxiproxy_proxy_received_bytes_total'));
  private readonly sent = new Counter(this.settings('toxiproxy_proxy_sent_bytes_total'));

  /**
   * All are called when the metrics are read.
   *
   * @param open returns the open connections of all proxies
   * @param outputs returns the condition of the log and the reports
   * @param limits returns the limits of the process
   */
  constructor(open: () => readonly OpenForMetrics[], outputs: () => Outputs, limits: () => Limits) {
    this.open = open;
    this.outputs = outputs;
    this.limits = limits;
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Called when a connection has ended. */
  report(report: Report, { upstreamOctets = null, isLocal = false }: Partial<ReportExtras> = {}): void {
    const { timing, decision, reason } = report;
    const proxy = this.proxies.of(report.proxy);
    this.connections.inc({ proxy, decision, reason: reason.name });
    for (const [step, key] of STEPS) {
      const ms = timing[key];
      if (ms !== null) this.handshake.observe({ proxy, step }, ms / 1000);
    }
    const style = healthCheckStyle(report, isLocal);
    if (style !== null) this.healthChecks.inc({ proxy, style });
    this.traffic.ended(report, proxy, upstreamOctets);
  }

  faultActed({ proxy, fault }: Pick<FaultActed, 'proxy' | 'fault'>): void {
    const labels = { proxy: this.proxies.of(proxy), fault: fault.name };
    const isOther = this.faultsKnown.of(`${labels.proxy}\n${fault.name}`) === OTHER;
    this.faults.inc(isOther ? { ...labels, fault: OTHER } : labels);
  }

  /** Returns all metrics in Prometheus' text format, as of now. */
  async text(): Promise<string> {
    // A connection is still open for one turn of the event loop after its report. Waiting avoids counting it twice.
    await setImmediate();
    this.collect();
    return this.registry.metrics();
  }

  private collect(): void {
    for (const stage of this.stages.values()) stage.count = 0;
    for (const connection of this.open()) {
      const proxy = this.proxies.of(connection.proxy);
      this.stageOf(proxy, connection.stage).count += 1;
      this.traffic.open(connection, proxy, connection.upstreamOctets ?? null);
    }
    for (const { labels, count } of this.stages.values()) this.openConnections.set(labels, count);
    this.traffic.take((flow) => this.add(flow));
    this.linesLost.reset();
    for (const [output, state] of Object.entries(this.outputs())) this.setOutput(output, state);
    this.setLimits(this.limits());
  }

  private add(flow: Flow): void {
    const { proxy, listener, upstream } = flow;
    this.octets.inc({ proxy, direction: 'upstream' }, flow.fromClient);
    this.octets.inc({ proxy, direction: 'downstream' }, flow.toClient);
    const up = { direction: 'upstream', proxy, listener, upstream };
    const down = { direction: 'downstream', proxy, listener, upstream };
    this.received.inc(up, flow.fromClient);
    this.sent.inc(down, flow.toClient);
    if (!flow.hasUpstream) return;
    this.sent.inc(up, flow.toUpstream);
    this.received.inc(down, flow.fromUpstream);
  }

  private setOutput(output: string, state: OutputState | null): void {
    if (state === null) return;
    this.outputFailing.set({ output }, state.failing === null ? 0 : 1);
    this.linesLost.inc({ output }, state.lost);
  }

  private setLimits({ connections, memory }: Limits): void {
    this.maxConnections.set(connections.max ?? Number.POSITIVE_INFINITY);
    this.memoryUsed.set(memory.used);
    this.memoryLimit.set(memory.limit ?? Number.POSITIVE_INFINITY);
    this.memoryRefusing.set(memory.refusing ? 1 : 0);
  }

  private stageOf(proxy: string, stage: string): OpenOfStage {
    const key = `${proxy}\n${stage}`;
    const known = this.stages.get(key) ?? { labels: { proxy, stage }, count: 0 };
    this.stages.set(key, known);
    return known;
  }

  private settings<Name extends MetricName>(name: Name) {
    const { help, labels } = METRICS[name];
    return { name, help, labelNames: Object.keys(labels) as LabelOf<Name>[], registers: [this.registry] };
  }
}
