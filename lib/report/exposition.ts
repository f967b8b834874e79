import type { Metric, Registry } from 'prom-client';
import { METRICS, type MetricName } from './metric-table.js';
import { processMetrics } from './process-metrics.js';
import type { Sample } from './series.js';

/** The content type of the text: that of Prometheus' text format. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The samples of every metric, as of now. */
export type Samples = { readonly [Name in MetricName]: () => readonly Sample[] };

/**
 * Prints metrics in Prometheus' text format. The library is loaded with the first scrape, because most processes have none and
 * it takes much memory and time.
 */
export class Exposition {
  private readonly samples: Samples;
  private registry: Promise<Registry> | undefined;

  constructor(samples: Samples) {
    this.samples = samples;
  }

  async text(): Promise<string> {
    this.registry ??= this.load();
    return (await this.registry).metrics();
  }

  private async load(): Promise<Registry> {
    const { Registry } = await import('prom-client');
    const registry = new Registry();
    for (const [name, { help, type }] of Object.entries(METRICS)) {
      const get = async () => ({ name, help, type, aggregator: 'sum', values: this.samples[name as MetricName]() });
      // A registry asks a metric for no more than this, although its type has more.
      registry.registerMetric({ name, get } as unknown as Metric);
    }
    for (const metric of await processMetrics()) registry.registerMetric(metric);
    return registry;
  }
}
