import type { MetricSources } from '../../lib/report/metric-sources.js';
import { Metrics } from '../../lib/report/metrics.js';
import { UNLIMITED } from './unlimited.js';

/** Returns the metrics of an instance without proxies, faults and clients of the event stream, whose reports file is full. */
export const metricsOf = (sources: Partial<MetricSources> = {}): Metrics =>
  new Metrics({
    open: () => [],
    proxies: () => [],
    faults: () => [],
    events: () => ({ clients: 0, cutOff: 0, reportsDropped: 0 }),
    outputs: () => ({ log: { failing: null, lost: 0 }, reports: { failing: 'ENOSPC', lost: 3 } }),
    limits: () => UNLIMITED,
    invisible: () => ({ available: false, count: 0 }),
    ...sources,
  });

/** Returns the text of all metrics but those of the process, which come last. */
export async function ownText(metrics: Metrics): Promise<string> {
  const text = await metrics.text();
  return text.slice(0, text.indexOf('\n# HELP process_'));
}
