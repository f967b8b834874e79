import type { Bench } from './bench.js';
import { measureContainer } from './measure-container.js';
import { measureFaults } from './measure-faults.js';
import { measureAfter, measureIdle } from './measure-memory.js';
import { measureRates } from './measure-rates.js';
import { measureStart } from './measure-start.js';
import { FAULT_NAMES, type Part, RATE_NAMES } from './parts.js';
import type { Section } from './series.js';

/** Measures the selected parts. @returns sections, of which those with the same title are one table */
export async function measureAll(bench: Bench): Promise<readonly Section[]> {
  const { parts } = bench.args;
  const has = (part: Part) => parts.includes(part);
  const sections: Section[] = [];
  const rates = RATE_NAMES.filter(has);
  if (rates.length > 0) {
    await using opened = await bench.openAll(bench.proxies);
    sections.push(...(await measureRates(bench, opened.started, rates)));
    if (has('memory')) sections.push(...(await measureAfter(bench, opened.started)));
  }
  const faults = FAULT_NAMES.filter(has);
  if (faults.length > 0) sections.push(...(await measureFaults(bench, faults)));
  if (has('start')) sections.push(...(await measureStart(bench)));
  if (has('memory')) sections.push(...(await measureIdle(bench)));
  if (has('container')) sections.push(...(await measureContainer(bench)));
  return sections;
}
