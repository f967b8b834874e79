import type { Bench } from './bench.js';
import { FAULT_RATES } from './fault-rate.js';
import { interleaved } from './interleaved.js';
import { measure } from './measure.js';
import { noteErrors } from './measure-rates.js';
import type { FaultName } from './proxy-program.js';
import type { Section, Series } from './series.js';
import type { StartedProxy } from './started-proxy.js';

/** Measures what a fault costs: each proxy runs twice, with it and without it, and both carry the same load in turn. */
export async function measureFaults(bench: Bench, names: readonly FaultName[]): Promise<readonly Section[]> {
  const { rounds, seconds } = bench.args;
  const series: Series[] = [];
  for (const name of names) {
    const { title, rate } = FAULT_RATES[name];
    bench.progress(title);
    const proxies = bench.proxies.filter(({ faults }) => faults.includes(name));
    await using without = await bench.openAll(proxies, null);
    await using withIt = await bench.openAll(proxies, name);
    const pairs = without.started.map((none, at) => ({ none, faulted: withIt.started[at] as StartedProxy }));
    const subjects = pairs.flatMap(({ none, faulted }) => [none, faulted]);
    const measured = await interleaved(rounds, subjects, (subject, times) =>
      measure(bench, subject, rate.works, times * seconds),
    );
    for (const { none, faulted } of pairs) {
      const [figure] = rate.figures;
      if (figure === undefined) throw new Error(`${title} has no figure`);
      const [plain, slowed] = [measured.get(none) ?? [], measured.get(faulted) ?? []];
      series.push({
        title: `${title}, of none`,
        proxy: none.name,
        values: slowed.map((sample, round) => {
          const other = plain[round];
          return other === undefined ? 0 : figure.of(sample) / figure.of(other);
        }),
      });
      noteErrors(bench, `${none.name}, ${title}`, slowed);
    }
  }
  return [{ title: 'Faults, as a ratio to the same proxy without the fault', series, hasRatios: false }];
}
