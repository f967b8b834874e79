import { setImmediate } from 'node:timers/promises';
import type { OutputState } from '../output/line-output.js';
import type { FaultActed, ReportExtras } from './events.js';
import { CONTENT_TYPE, Exposition } from './exposition.js';
import { LabelValues, OTHER } from './label-values.js';
import type { Limits } from './limits.js';
import type { Outputs } from './outputs.js';
import type { Report } from './report.js';
import { distributions, values } from './series.js';
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

/**
 * Collects the metrics of all proxies for Prometheus. A connection costs a few increments; everything else is done when the
 * metrics are read.
 */
export class Metrics {
  private readonly outputs: () => Outputs;
  private readonly limits: () => Limits;
  private readonly open: () => readonly OpenForMetrics[];
  private readonly proxies = new LabelValues(MOST_PROXIES);
  private readonly faultsKnown = new LabelValues(MOST_FAULTS);
  private readonly traffic = new Traffic();

  private readonly connections = values('rabbit_snare_connections_total');
  /** Stages that ever had a connection remain, so that their gauge drops to 0 instead of disappearing. */
  private readonly openConnections = values('rabbit_snare_open_connections');
  private readonly handshake = distributions('rabbit_snare_handshake_seconds', BUCKETS);
  private readonly octets = values('rabbit_snare_octets_total');
  private readonly faults = values('rabbit_snare_faults_total');
  private readonly healthChecks = values('rabbit_snare_health_checks_total');
  private readonly linesLost = values('rabbit_snare_lines_lost_total');
  private readonly outputFailing = values('rabbit_snare_output_failing');
  private readonly maxConnections = values('rabbit_snare_max_connections');
  private readonly memoryUsed = values('rabbit_snare_memory_used_bytes');
  private readonly memoryLimit = values('rabbit_snare_memory_limit_bytes');
  private readonly memoryRefusing = values('rabbit_snare_memory_refusing');
  private readonly received = values('toxiproxy_proxy_received_bytes_total');
  private readonly sent = values('toxiproxy_proxy_sent_bytes_total');

  private readonly exposition = new Exposition({
    rabbit_snare_connections_total: () => this.connections.all,
    rabbit_snare_open_connections: () => this.openConnections.all,
    rabbit_snare_handshake_seconds: () =>
      this.handshake.all.flatMap((steps) => steps.samples('rabbit_snare_handshake_seconds')),
    rabbit_snare_octets_total: () => this.octets.all,
    rabbit_snare_faults_total: () => this.faults.all,
    rabbit_snare_health_checks_total: () => this.healthChecks.all,
    rabbit_snare_lines_lost_total: () => this.linesLost.all,
    rabbit_snare_output_failing: () => this.outputFailing.all,
    rabbit_snare_max_connections: () => this.maxConnections.all,
    rabbit_snare_memory_used_bytes: () => this.memoryUsed.all,
    rabbit_snare_memory_limit_bytes: () => this.memoryLimit.all,
    rabbit_snare_memory_refusing: () => this.memoryRefusing.all,
    toxiproxy_proxy_received_bytes_total: () => this.received.all,
    toxiproxy_proxy_sent_bytes_total: () => this.sent.all,
  });

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
    return CONTENT_TYPE;
  }

  /** Called when a connection has ended. */
  report(report: Report, { upstreamOctets = null }: Partial<ReportExtras> = {}): void {
    const { timing, decision, reason } = report;
    const proxy = this.proxies.of(report.proxy);
    this.connections.of(proxy, decision, reason.name).value += 1;
    for (const [step, key] of STEPS) {
      const ms = timing[key];
      if (ms !== null) this.handshake.of(proxy, step).observe(ms / 1000);
    }
    const { healthCheck, healthCheckStyle: style } = report;
    if (healthCheck && style !== null) this.healthChecks.of(proxy, style).value += 1;
    this.traffic.ended(report, proxy, upstreamOctets);
  }

  faultActed({ proxy, fault }: Pick<FaultActed, 'proxy' | 'fault'>): void {
    const label = this.proxies.of(proxy);
    const isOther = this.faultsKnown.of(`${label}\n${fault.name}`) === OTHER;
    this.faults.of(label, isOther ? OTHER : fault.name).value += 1;
  }

  /** Returns all metrics in Prometheus' text format, as of now. */
  async text(): Promise<string> {
    // A connection is still open for one turn of the event loop after its report. Waiting avoids counting it twice.
    await setImmediate();
    this.collect();
    return this.exposition.text();
  }

  private collect(): void {
    for (const stage of this.openConnections.all) stage.value = 0;
    for (const connection of this.open()) {
      const proxy = this.proxies.of(connection.proxy);
      this.openConnections.of(proxy, connection.stage).value += 1;
      this.traffic.open(connection, proxy, connection.upstreamOctets ?? null);
    }
    this.traffic.take((flow) => this.add(flow));
    for (const [output, state] of Object.entries(this.outputs())) this.setOutput(output, state);
    this.setLimits(this.limits());
  }

  private add(flow: Flow): void {
    const { proxy, listener, upstream } = flow;
    this.octets.of(proxy, 'upstream').value += flow.fromClient;
    this.octets.of(proxy, 'downstream').value += flow.toClient;
    this.received.of('upstream', proxy, listener, upstream).value += flow.fromClient;
    this.sent.of('downstream', proxy, listener, upstream).value += flow.toClient;
    if (!flow.hasUpstream) return;
    this.sent.of('upstream', proxy, listener, upstream).value += flow.toUpstream;
    this.received.of('downstream', proxy, listener, upstream).value += flow.fromUpstream;
  }

  private setOutput(output: string, state: OutputState | null): void {
    if (state === null) return;
    this.outputFailing.of(output).value = state.failing === null ? 0 : 1;
    this.linesLost.of(output).value = state.lost;
  }

  private setLimits({ connections, memory }: Limits): void {
    this.maxConnections.of().value = connections.max ?? Number.POSITIVE_INFINITY;
    this.memoryUsed.of().value = memory.used;
    this.memoryLimit.of().value = memory.limit ?? Number.POSITIVE_INFINITY;
    this.memoryRefusing.of().value = memory.refusing ? 1 : 0;
  }
}
