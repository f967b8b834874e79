import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../lib/config/load.js';
import { readScenarioText } from '../../lib/faults/read-scenario.js';
import { isMap } from '../../lib/text/map.js';
import type { Block } from './block.js';

/** Top-level keys that show that a YAML block is a file of another program. */
const FOREIGN = new Set([
  'apiVersion',
  'configMapGenerator',
  'containers',
  'groups',
  'images',
  'initContainers',
  'jobs',
  'patches',
  'receivers',
  'resources',
  'route',
  'scrape_configs',
  'services',
  'spec',
]);

/**
 * Reads a JSON or YAML block, with the program's own reader if it is a config or a scenario.
 *
 * @throws Error if that fails
 */
export function readData({ page, line, language, text, notes }: Block): void {
  if (notes.notRun !== undefined) return;
  if (language === 'json') readJson(text);
  else {
    const source = `${'\n'.repeat(line - 1)}${text}`;
    const documents = parseAllDocuments(source);
    if (!Array.isArray(documents)) throw new Error('is empty');
    for (const { errors } of documents) if (errors[0] !== undefined) throw errors[0];
    const values = documents.map((document): unknown => document.toJS());
    const [value] = values;
    const keys = isMap(value) ? Object.keys(value) : [];
    if (keys.some((key) => FOREIGN.has(key))) return;
    if (keys.includes('steps')) readScenarioText(source, page, { proxy: 'amqp' });
    else loadConfig({ argv: { config: page }, env: {}, readFile: () => source });
  }
}

/** JSON, JSON lines, or some members of an object. */
function readJson(text: string): void {
  if (/^\s*"[^"]*":/.test(text)) JSON.parse(`{${text.replace(/,\s*$/, '')}}`);
  else {
    try {
      JSON.parse(text);
    } catch (error) {
      const lines = text.split('\n').filter((each) => each.trim() !== '');
      if (lines.length < 2) throw error;
      for (const each of lines) JSON.parse(each);
    }
  }
}
