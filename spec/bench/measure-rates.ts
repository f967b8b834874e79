import type { Bench } from './bench.js';
import { interleaved } from './interleaved.js';
import { isBounded, measure, type Sample } from './measure.js';
import { RATES, type Rate, type RateName } from './rate.js';
import type { Section, Series } from './series.js';
import type { StartedProxy } from './started-proxy.js';

/** Measures what the proxies reach without faults, and what it costs. */
export async function measureRates(
  bench: Bench,
  started: readonly StartedProxy[],
  names: readonly RateName[],
): Promise<readonly Section[]> {
  const { rounds, seconds } = bench.args;
  const rates: Series[] = [];
  const costs: Series[] = [];
  const shares: Series[] = [];
  for (const name of names) {
    const { title, works, needsRefusals, figures, cost }: Rate = RATES[name];
    bench.progress(title);
    const subjects = started.filter(({ proxy }) => proxy.refuses || !needsRefusals);
    const measured = await interleaved(rounds, subjects, (subject, times) =>
      measure(bench, subject, works, times * seconds),
    );
    for (const [subject, samples] of measured) {
      const series = (label: string, of: (sample: Sample) => number): Series => ({
        title: label,
        proxy: subject.name,
        values: samples.map(of),
      });
      for (const figure of figures) {
        rates.push({ ...series(figure.title, figure.of), isBounded: isBounded(samples) });
      }
      if (cost !== null) costs.push(series(cost.title, cost.of));
      shares.push(series(`${title}: proxy`, (sample) => (100 * sample.cpu) / sample.seconds));
      shares.push(series(`${title}: load generator`, ({ generator }) => 100 * generator));
      noteErrors(bench, `${subject.name}, ${title}`, samples);
    }
  }
  return [
    { title: 'Rates and latencies', series: rates, hasRatios: true },
    { title: 'CPU time of the proxy', series: costs, hasRatios: true },
    { title: 'CPU time, in % of a core', series: shares, hasRatios: false },
  ];
}

/** An operation that fails is not a slow one. */
export function noteErrors(bench: Bench, what: string, samples: readonly Sample[]): void {
  const errors = samples.flatMap(({ loads }) => loads).reduce((sum, load) => sum + load.errors, 0);
  if (errors > 0) bench.notes.add(`${what}: ${errors} operations failed.`);
}
