import { STYLE_DOCS } from '../health-check/style.js';

/** What Prometheus and the docs say about a metric. */
export type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each label with its values. */
  readonly labels: { readonly [label: string]: string };
};

const PROXY = 'name of the proxy';
const OUTPUT = '`log` or `reports`';
const FAULT_TYPE = 'type of the fault';
/** In the order of Toxiproxy, whose library sorts them. */
const FLOW = {
  direction: '`upstream`: toward the broker; `downstream`: toward the client',
  listener: 'local IP address and port that the client connected to',
  proxy: PROXY,
  upstream: 'address that was dialed, or `stand-in`; empty while nothing was dialed',
};

/** Every metric by name: the source of the metrics and of docs/metrics.md. */
export const METRICS = {
  rabbit_snare_connections_total: {
    type: 'counter',
    help: 'Total connections that have ended.',
    labels: {
      proxy: PROXY,
      decision: 'what the proxy did: `forward`, `refuse`, `fault`, `none`',
      reason: 'why the connection ended: the `reason.name` of its report',
    },
  },
  rabbit_snare_open_connections: {
    type: 'gauge',
    help: 'Open connections.',
    labels: {
      proxy: PROXY,
      stage:
        'how far the connection got: `header`, `starting`, `securing`, `tuning`, `opening`, `running`, `closing`, `closed`',
    },
  },
  rabbit_snare_handshake_seconds: {
    type: 'histogram',
    help: 'Time from accept to each step of the handshake, for connections that have ended.',
    labels: {
      proxy: PROXY,
      step: '`header` (the 8th byte arrived), `upstream_connect` (the broker accepted), `start`, `tune`, `open` (Open-Ok)',
    },
  },
  rabbit_snare_octets_total: {
    type: 'counter',
    help: 'Total bytes received from and sent to clients, including open connections.',
    labels: { proxy: PROXY, direction: '`upstream`: from the client; `downstream`: to the client' },
  },
  rabbit_snare_faults_total: {
    type: 'counter',
    help: 'Total times that a fault has acted.',
    labels: { proxy: PROXY, fault: 'name of the fault' },
  },
  rabbit_snare_fault_hits_total: {
    type: 'counter',
    help: 'Total times that faults of a type have acted.',
    labels: { proxy: PROXY, type: FAULT_TYPE },
  },
  rabbit_snare_fault_added_timestamp_seconds: {
    type: 'gauge',
    help: 'Unix time at which a fault was added. Absent for a fault that is switched off or cannot act any more.',
    labels: { proxy: PROXY, fault: 'name of the fault', type: FAULT_TYPE },
  },
  rabbit_snare_health_checks_total: {
    type: 'counter',
    help: 'Total connections that were health checks.',
    labels: {
      proxy: PROXY,
      style: `what it did: ${Object.keys(STYLE_DOCS)
        .map((style) => `\`${style}\``)
        .join(', ')}`,
    },
  },
  rabbit_snare_invisible_checks_total: {
    type: 'counter',
    help: 'Total connections that were reset before the TCP handshake was complete, probably by health checks, in the whole network namespace. Absent while they are not counted.',
    labels: {},
  },
  rabbit_snare_lines_lost_total: {
    type: 'counter',
    help: 'Total log entries or reports that were dropped because they could not be written in time.',
    labels: { output: OUTPUT },
  },
  rabbit_snare_output_failing: {
    type: 'gauge',
    help: '1 while the log or the reports cannot be written, otherwise 0.',
    labels: { output: OUTPUT },
  },
  rabbit_snare_reports_dropped_total: {
    type: 'counter',
    help: 'Total reports that were dropped: by the reports file because they could not be written in time, by the event stream because a client read too slowly.',
    labels: { output: '`file` or `events`' },
  },
  rabbit_snare_event_clients: {
    type: 'gauge',
    help: 'Connected clients of the event stream.',
    labels: {},
  },
  rabbit_snare_event_clients_cut_off_total: {
    type: 'counter',
    help: 'Total clients of the event stream that were disconnected because they read too slowly.',
    labels: {},
  },
  rabbit_snare_max_connections: {
    type: 'gauge',
    help: 'Open connections that the open file limit of the process allows, for all proxies together. +Inf if no limit is known.',
    labels: {},
  },
  rabbit_snare_memory_used_bytes: {
    type: 'gauge',
    help: 'Memory that the process uses, without pages of files, and with what the kernel needs for the open connections.',
    labels: {},
  },
  rabbit_snare_memory_limit_bytes: {
    type: 'gauge',
    help: 'Memory that the process may use: memoryLimit, or the limit of the container. +Inf without a limit.',
    labels: {},
  },
  rabbit_snare_memory_refusing: {
    type: 'gauge',
    help: '1 while new connections are refused because too much memory is used, otherwise 0.',
    labels: {},
  },
  rabbit_snare_build_info: {
    type: 'gauge',
    help: 'Always 1.',
    labels: { version: 'version of rabbit-snare', node: 'version of Node.js' },
  },
  toxiproxy_proxy_received_bytes_total: {
    type: 'counter',
    help: 'Total bytes read on a link, including open connections.',
    labels: FLOW,
  },
  toxiproxy_proxy_sent_bytes_total: {
    type: 'counter',
    help: 'Total bytes written on a link, including open connections.',
    labels: FLOW,
  },
} as const satisfies { readonly [name: string]: Metric };

export type MetricName = keyof typeof METRICS;
/** The label names of a metric. */
export type LabelOf<Name extends MetricName> = keyof (typeof METRICS)[Name]['labels'] & string;
