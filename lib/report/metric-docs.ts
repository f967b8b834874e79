import { METRICS, type Metric } from './metric-table.js';
import { PROCESS_METRICS } from './process-metric-docs.js';

const HEAD = `# Metrics

Generated from lib/report/metric-table.ts (npm run generate).

\`GET /metrics\` of the [control API](control-api.md) returns the metrics in Prometheus' text format. They are always enabled.
Traffic is counted as it passes, also on open connections, and never twice. [monitoring.md](monitoring.md) shows how to scrape them,
with alerts and a dashboard for Grafana.

Labels never contain client addresses and are bounded: proxies and faults after the first 1000 become \`other\`, and so do the
listeners and upstreams of links after the first 1000.

At each proxy, the outcomes that the alerts rest on are counted from 0: \`handshake_timeout\`, \`upstream_unreachable\`, \`bad_header\`,
\`bad_version\` and \`limit\`. Prometheus would not see the first increase otherwise.

The two metrics that begin with \`toxiproxy_\` are Toxiproxy's, so that existing Toxiproxy dashboards work. For each link, \`received\` counts what the proxy
read and \`sent\` what it wrote. Faults make the two differ.`;

const PROCESS = `## Metrics of the process

Those of [prom-client](https://github.com/siimon/prom-client), without its gauges whose names end in \`_total\`, which \`promtool\` rejects.
They begin with the first scrape. From then on, the event loop monitor costs about 0.5% of a core.`;

/** Returns the text of docs/metrics.md: every metric with its type, meaning and labels. */
export function metricDocs(): string {
  const rows = Object.entries(PROCESS_METRICS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  const table = ['| metric | value |', '| --- | --- |', ...rows].join('\n');
  return `${[HEAD, ...Object.entries<Metric>(METRICS).map(section), PROCESS, table].join('\n\n')}\n`;
}

function section([name, { type, help, labels }]: [string, Metric]): string {
  const about = [`## ${name}`, help, `Type: ${type}`];
  if (Object.keys(labels).length === 0) return about.join('\n\n');
  const rows = Object.entries(labels).map(([label, values]) => `| \`${label}\` | ${values} |`);
  const table = ['| label | value |', '| --- | --- |', ...rows].join('\n');
  return [...about, table].join('\n\n');
}
