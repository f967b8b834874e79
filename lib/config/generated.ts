import { faultDocs } from '../faults/docs.js';
import { metricDocs } from '../report/metric-docs.js';
import { exampleFile } from './example.js';
import { jsonSchema } from './json-schema.js';

/** The files that are made from the schema and the tables of faults and metrics, by their path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'config/rabbit-snare.yaml': exampleFile(),
    'config/rabbit-snare.schema.json': `${JSON.stringify(jsonSchema(), null, 2)}\n`,
    'docs/faults.md': faultDocs(),
    'docs/metrics.md': metricDocs(),
  };
}
