import { setImmediate } from 'node:timers/promises';
import type { ReasonName } from '../amqp/reason.js';
import type { OutputState } from '../output/line-output.js';
import { version } from '../version.js';
import type { FaultActed, ReportExtras } from './events.js';
import { CONTENT_TYPE, Exposition } from './exposition.js';
import { LabelValues, OTHER } from './label-values.js';
import type { Limits } from './limits.js';
import type { EventsForMetrics, MetricSources } from './metric-sources.js';
import type { Report } from './report.js';
import { distributions, type Sample, values } from './series.js';
import { type Flow, Traffic } from './traffic.js';

/** Maximum proxies with their own label; later ones become `other`. */
const MOST_PROXIES = 1000;
/** Maximum faults with their own label, for all proxies together. */
const MOST_FAULTS = 1000;

/** In seconds: from a handshake on loopback to more than the handshake timeout. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Outcomes that are counted from 0 at every proxy. Prometheus does not see the first increase of a series that begins with it,
 * so an alert would not fire.
 */
const FROM_ZERO = [
  ['refuse', 'bad_header'],
  ['refuse', 'bad_version'],
  ['refuse', 'handshake_timeout'],
  ['forward', 'handshake_timeout'],
  ['refuse', 'limit'],
  ['forward', 'upstream_unreachable'],
] as const satisfies readonly (readonly [Report['decision'], ReasonName])[];

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
  private readonly sources: MetricSources;
  private readonly proxies = new LabelValues(MOST_PROXIES);
  private readonly faultsKnown = new LabelValues(MOST_FAULTS);
  private readonly traffic = new Traffic();

  private readonly connections = values('rabbit_snare_connections_total');
  /** Stages that ever had a connection remain, so that their gauge drops to 0 instead of disappearing. */
  private readonly openConnections = values('rabbit_snare_open_connections');
  private readonly handshake = distributions('rabbit_snare_handshake_seconds', BUCKETS);
  private readonly octets = values('rabbit_snare_octets_total');
  private readonly faults = values('rabbit_snare_faults_total');
  private readonly faultHits = values('rabbit_snare_fault_hits_total');
  private readonly healthChecks = values('rabbit_snare_health_checks_total');
  private readonly linesLost = values('rabbit_snare_lines_lost_total');
  private readonly outputFailing = values('rabbit_snare_output_failing');
  private readonly reportsDropped = values('rabbit_snare_reports_dropped_total');
  private readonly eventClients = values('rabbit_snare_event_clients');
  private readonly eventClientsCutOff = values('rabbit_snare_event_clients_cut_off_total');
  private readonly maxConnections = values('rabbit_snare_max_connections');
  private readonly memoryUsed = values('rabbit_snare_memory_used_bytes');
  private readonly memoryLimit = values('rabbit_snare_memory_limit_bytes');
  private readonly memoryRefusing = values('rabbit_snare_memory_refusing');
  private readonly buildInfo = values('rabbit_snare_build_info');
  private readonly received = values('toxiproxy_proxy_received_bytes_total');
  private readonly sent = values('toxiproxy_proxy_sent_bytes_total');

  private readonly exposition = new Exposition({
    rabbit_snare_connections_total: () => this.connections.all,
    rabbit_snare_open_connections: () => this.openConnections.all,
    rabbit_snare_handshake_seconds: () =>
      this.handshake.all.flatMap((steps) => steps.samples('rabbit_snare_handshake_seconds')),
    rabbit_snare_octets_total: () => this.octets.all,
    rabbit_snare_faults_total: () => this.faults.all,
    rabbit_snare_fault_hits_total: () => this.faultHits.all,
    rabbit_snare_fault_added_timestamp_seconds: () => this.faultsAdded(),
    rabbit_snare_health_checks_total: () => this.healthChecks.all,
    rabbit_snare_invisible_checks_total: () => this.invisibleChecks(),
    rabbit_snare_lines_lost_total: () => this.linesLost.all,
    rabbit_snare_output_failing: () => this.outputFailing.all,
    rabbit_snare_reports_dropped_total: () => this.reportsDropped.all,
    rabbit_snare_event_clients: () => this.eventClients.all,
    rabbit_snare_event_clients_cut_off_total: () => this.eventClientsCutOff.all,
    rabbit_snare_max_connections: () => this.maxConnections.all,
    rabbit_snare_memory_used_bytes: () => this.memoryUsed.all,
    rabbit_snare_memory_limit_bytes: () => this.memoryLimit.all,
    rabbit_snare_memory_refusing: () => this.memoryRefusing.all,
    rabbit_snare_build_info: () => this.buildInfo.all,
    toxiproxy_proxy_received_bytes_total: () => this.received.all,
    toxiproxy_proxy_sent_bytes_total: () => this.sent.all,
  });

  constructor(sources: MetricSources) {
    this.sources = sources;
    this.buildInfo.of(version, process.versions.node).value = 1;
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
    this.faults.of(label, this.faultLabel(label, fault.name)).value += 1;
    this.faultHits.of(label, fault.type).value += 1;
  }

  /** Returns all metrics in Prometheus' text format, as of now. */
  async text(): Promise<string> {
    // A connection is still open for one turn of the event loop after its report. Waiting avoids counting it twice.
    await setImmediate();
    this.collect();
    return this.exposition.text();
  }

  private collect(): void {
    const { sources } = this;
    for (const name of sources.proxies()) this.beginAtZero(this.proxies.of(name));
    for (const stage of this.openConnections.all) stage.value = 0;
    for (const connection of sources.open()) {
      const proxy = this.proxies.of(connection.proxy);
      this.openConnections.of(proxy, connection.stage).value += 1;
      this.traffic.open(connection, proxy, connection.upstreamOctets ?? null);
    }
    this.traffic.take((flow) => this.add(flow));
    const { log, reports } = sources.outputs();
    this.setOutput('log', log);
    this.setOutput('reports', reports);
    if (reports !== null) this.reportsDropped.of('file').value = reports.lost;
    this.setEvents(sources.events());
    this.setLimits(sources.limits());
  }

  private beginAtZero(proxy: string): void {
    for (const [decision, reason] of FROM_ZERO) this.connections.of(proxy, decision, reason);
  }

  private faultLabel(proxy: string, name: string): string {
    return this.faultsKnown.of(`${proxy}\n${name}`) === OTHER ? OTHER : name;
  }

  /** Series that end with their fault. Of those that share their labels, the fault that was added first counts. */
  private faultsAdded(): readonly Sample[] {
    const added = values('rabbit_snare_fault_added_timestamp_seconds');
    for (const { proxy, name, type, addedAt } of this.sources.faults()) {
      const label = this.proxies.of(proxy);
      const sample = added.of(label, this.faultLabel(label, name), type);
      sample.value = Math.min(sample.value || Number.POSITIVE_INFINITY, addedAt / 1000);
    }
    return added.all;
  }

  private invisibleChecks(): readonly Sample[] {
    const { available, count } = this.sources.invisible();
    return available ? [{ labels: {}, value: count }] : [];
  }

  private add(flow: Flow): void {
    const { proxy, listener, upstream } = flow;
    this.octets.of(proxy, 'upstream').value += flow.fromClient;
    this.octets.of(proxy, 'downstream').value += flow.toClient;
    this.received.of('upstream', listener, proxy, upstream).value += flow.fromClient;
    this.sent.of('downstream', listener, proxy, upstream).value += flow.toClient;
    if (!flow.hasUpstream) return;
    this.sent.of('upstream', listener, proxy, upstream).value += flow.toUpstream;
    this.received.of('downstream', listener, proxy, upstream).value += flow.fromUpstream;
  }

  private setOutput(output: string, state: OutputState | null): void {
    if (state === null) return;
    this.outputFailing.of(output).value = state.failing === null ? 0 : 1;
    this.linesLost.of(output).value = state.lost;
  }

  private setEvents({ clients, cutOff, reportsDropped }: EventsForMetrics): void {
    this.eventClients.of().value = clients;
    this.eventClientsCutOff.of().value = cutOff;
    this.reportsDropped.of('events').value = reportsDropped;
  }

  private setLimits({ connections, memory }: Limits): void {
    this.maxConnections.of().value = connections.max ?? Number.POSITIVE_INFINITY;
    this.memoryUsed.of().value = memory.used;
    this.memoryLimit.of().value = memory.limit ?? Number.POSITIVE_INFINITY;
    this.memoryRefusing.of().value = memory.refusing ? 1 : 0;
  }
}
