import { readFileSync } from 'node:fs';
import { faultDocs } from '../faults/docs.js';
import { withHealthCheckTables } from '../report/health-check-docs.js';
import { logLinesDocs } from '../report/log-lines-docs.js';
import { metricDocs } from '../report/metric-docs.js';
import { withReportTables } from '../report/report-docs.js';
import { reportLineSource } from '../report/report-line-source.js';
import { configDocs } from './docs.js';
import { exampleFile } from './example.js';
import { jsonSchema } from './json-schema.js';

/**
 * The files that are generated from the schema and the tables of faults, metrics, report fields and log entries, by their path in the
 * repository. The working directory must be the root of the repository.
 */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'config/rabbit-snare.yaml': exampleFile(),
    'config/rabbit-snare.schema.json': `${JSON.stringify(jsonSchema(), null, 2)}\n`,
    'docs/configuration.md': configDocs(),
    'docs/faults.md': faultDocs(),
    'docs/health-checks.md': withHealthCheckTables(readFileSync('docs/health-checks.md', 'utf8')),
    'docs/log-lines.md': logLinesDocs(),
    'docs/metrics.md': metricDocs(),
    'docs/reports.md': withReportTables(readFileSync('docs/reports.md', 'utf8')),
    'lib/report/report-line.ts': reportLineSource(),
  };
}
