import { METRICS, type Metric } from './metric-table.js';

const HEAD = `# Metrics

Generated from lib/report/metric-table.ts (npm run generate).

\`GET /metrics\` of the control API has them in Prometheus' text format; they are always on. Octets are counted as they pass, not
only when a connection has ended, and none is counted twice.

Labels have no addresses of clients, and are bounded: proxies and faults beyond the first 1000 are \`other\`, and so are the
listeners and upstreams of links beyond the first 1000.

The last two are Toxiproxy's, so that what was made for Toxiproxy finds them. Of each link, \`received\` is what the proxy read
and \`sent\` what it wrote: with faults the two differ.`;

/** The text of docs/metrics.md: every metric with its type, meaning and labels. */
export function metricDocs(): string {
  return `${[HEAD, ...Object.entries<Metric>(METRICS).map(section)].join('\n\n')}\n`;
}

function section([name, { type, help, labels }]: [string, Metric]): string {
  const rows = Object.entries(labels).map(([label, values]) => `| \`${label}\` | ${values} |`);
  const table = ['| label | |', '| --- | --- |', ...rows].join('\n');
  return [`## ${name}`, help, `Type: ${type}`, table].join('\n\n');
}
