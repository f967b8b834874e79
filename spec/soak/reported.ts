import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from '../../lib/report/report.js';
import { countIn } from './tally.js';

/** What the reports files of a run say. */
export interface Reported {
  /** Connections with a report. */
  readonly connections: number;
  /** Further reports of the same connection. */
  readonly repeated: number;
  /** Lines that are no report. */
  readonly torn: number;
  /** Connections on which faults acted, by fault type. */
  readonly hits: ReadonlyMap<string, number>;
}

/** Reads all files whose names begin with `reports.jsonl`. */
export async function readReports(directory: string): Promise<Reported> {
  const ids = new Set<string>();
  const hits = new Map<string, number>();
  let [repeated, torn] = [0, 0];
  for (const name of readdirSync(directory).filter((each) => each.startsWith('reports.jsonl'))) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) })) {
      const report = parse(line);
      if (report === undefined) {
        torn += 1;
      } else if (ids.has(report.id)) {
        repeated += 1;
      } else {
        ids.add(report.id);
        for (const type of new Set(report.faults.map((fault) => fault.type))) countIn(hits, type);
      }
    }
  }
  return { connections: ids.size, repeated, torn, hits };
}

function parse(line: string): Pick<Report, 'id' | 'faults'> | undefined {
  try {
    const { id, faults } = JSON.parse(line) as Report;
    return typeof id === 'string' && Array.isArray(faults) ? { id, faults } : undefined;
  } catch {
    return undefined;
  }
}
