import { faultDocs } from '../faults/docs.js';
import { metricDocs } from '../report/metric-docs.js';
import { configDocs } from './docs.js';
import { exampleFile } from './example.js';
import { jsonSchema } from './json-schema.js';

/** The generated files, by their path in the repository. Their sources are the config schema and the tables of faults and metrics. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'config/rabbit-snare.yaml': exampleFile(),
    'config/rabbit-snare.schema.json': `${JSON.stringify(jsonSchema(), null, 2)}\n`,
    'docs/configuration.md': configDocs(),
    'docs/faults.md': faultDocs(),
    'docs/metrics.md': metricDocs(),
  };
}
