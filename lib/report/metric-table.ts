/** A metric, as Prometheus and the docs are told of it. */
export type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each with its values. */
  readonly labels: { readonly [label: string]: string };
};

const PROXY = 'the name of the proxy';
const FLOW = {
  direction: '`upstream` towards the broker, `downstream` towards the client',
  proxy: PROXY,
  listener: 'the address that the client reached, as numbers',
  upstream: 'what was dialled, or `stand-in`; empty as long as nothing was',
};

/** Every metric by its name. */
export const METRICS = {
  rabbit_snare_connections_total: {
    type: 'counter',
    help: 'Connections that have ended.',
    labels: {
      proxy: PROXY,
      decision: 'what the proxy did: `forward`, `refuse`, `fault`, `none`',
      reason: "why it ended, in RabbitMQ's words: the `reason.name` of its report",
    },
  },
  rabbit_snare_open_connections: {
    type: 'gauge',
    help: 'Connections that are open.',
    labels: {
      proxy: PROXY,
      stage:
        'how far it has got: `header`, `starting`, `securing`, `tuning`, `opening`, `running`, `closing`, `closed`',
    },
  },
  rabbit_snare_handshake_seconds: {
    type: 'histogram',
    help: 'Time from accept until a step of the handshake, of connections that have ended.',
    labels: {
      proxy: PROXY,
      step: '`header` (8 octets have come), `upstream_connect` (the broker has accepted), `start`, `tune`, `open` (Open-Ok)',
    },
  },
  rabbit_snare_octets_total: {
    type: 'counter',
    help: 'Octets from and to clients, of open connections too.',
    labels: { proxy: PROXY, direction: '`upstream` from the client, `downstream` to the client' },
  },
  rabbit_snare_faults_total: {
    type: 'counter',
    help: 'How often a fault has acted.',
    labels: { proxy: PROXY, fault: 'the name of the fault' },
  },
  rabbit_snare_health_checks_total: {
    type: 'counter',
    help: 'Connections that were health checks.',
    labels: {
      proxy: PROXY,
      style: '`no_data`, `header_only`, or `proxy_local` (a PROXY header said so)',
    },
  },
  toxiproxy_proxy_received_bytes_total: {
    type: 'counter',
    help: 'Octets that were read on a link, of open connections too.',
    labels: FLOW,
  },
  toxiproxy_proxy_sent_bytes_total: {
    type: 'counter',
    help: 'Octets that were written on a link, of open connections too.',
    labels: FLOW,
  },
} as const satisfies { readonly [name: string]: Metric };

export type MetricName = keyof typeof METRICS;
/** The labels of a metric. */
export type LabelOf<Name extends MetricName> = keyof (typeof METRICS)[Name]['labels'] & string;
