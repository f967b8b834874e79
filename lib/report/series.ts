import { Labeled, type Labels } from './labeled.js';
import { METRICS, type MetricName } from './metric-table.js';

/** A value of a metric as Prometheus reads it. */
export type Sample = {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** If it differs from the name of the metric. */
  readonly metricName?: string;
};

/** A counter or gauge with one combination of labels. */
export type Value = { readonly labels: Labels; value: number };

/** A histogram with one combination of labels. */
export class Distribution {
  readonly labels: Labels;
  private readonly bounds: readonly number[];
  private readonly buckets: number[];
  private sum = 0;
  private count = 0;

  /** @param bounds the upper bounds of the buckets, ascending */
  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.buckets = bounds.map(() => 0);
  }

  observe(value: number): void {
    const { bounds, buckets } = this;
    this.sum += value;
    this.count += 1;
    for (let at = 0; at < bounds.length; at++) {
      if (value > (bounds[at] as number)) continue;
      buckets[at] = (buckets[at] as number) + 1;
      return;
    }
  }

  /** @param name the name of the metric */
  samples(name: string): Sample[] {
    const { labels, bounds, buckets, sum, count } = this;
    let below = 0;
    const counts = bounds.map((le, at) => {
      below += buckets[at] as number;
      return { labels: { le, ...labels }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...counts,
      { labels: { le: '+Inf', ...labels }, value: count, metricName: `${name}_bucket` },
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}

/** Returns the series of a counter or gauge. */
export const values = (name: MetricName): Labeled<Value> =>
  new Labeled(Object.keys(METRICS[name].labels), (labels) => ({ labels, value: 0 }));

/** Returns the series of a histogram. */
export const distributions = (name: MetricName, bounds: readonly number[]): Labeled<Distribution> =>
  new Labeled(Object.keys(METRICS[name].labels), (labels) => new Distribution(labels, bounds));
