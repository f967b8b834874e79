import { METRICS, type Metric } from './metric-table.js';

const HEAD = `# Metrics

Generated from lib/report/metric-table.ts (npm run generate).

\`GET /metrics\` of the [control API](control-api.md) returns the metrics in Prometheus' text format. They are always enabled.
Traffic is counted as it passes, also on open connections, and never twice.

Labels never contain client addresses and are bounded: proxies and faults after the first 1000 become \`other\`, and so do the
listeners and upstreams of links after the first 1000.

The last two metrics are Toxiproxy's, so that existing Toxiproxy dashboards work. For each link, \`received\` counts what the proxy
read and \`sent\` what it wrote. Faults make the two differ.`;

/** Returns the text of docs/metrics.md: every metric with its type, meaning and labels. */
export function metricDocs(): string {
  return `${[HEAD, ...Object.entries<Metric>(METRICS).map(section)].join('\n\n')}\n`;
}

function section([name, { type, help, labels }]: [string, Metric]): string {
  const about = [`## ${name}`, help, `Type: ${type}`];
  if (Object.keys(labels).length === 0) return about.join('\n\n');
  const rows = Object.entries(labels).map(([label, values]) => `| \`${label}\` | ${values} |`);
  const table = ['| label | value |', '| --- | --- |', ...rows].join('\n');
  return [...about, table].join('\n\n');
}
