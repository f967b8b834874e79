import { loadConfig } from '../../../lib/config/load.js';
import { ConfigError } from '../../../lib/errors.js';
import { readScenarioText } from '../../../lib/faults/read-scenario.js';
import { documentOf, textOf } from '../documents.js';
import { InProcess } from '../in-process.js';
import type { Case, Target } from '../target.js';

const ROUND = 50;
/** Lines that name a place, or that say why the file cannot be used as a whole. */
const LINE = /^[^\n]{1,2000}$/;

export function check(given: Case): string | null {
  const text = textOf(given);
  try {
    if (given.setup['kind'] === 'scenario') readScenarioText(text, 'scenario.yaml');
    else loadConfig({ argv: { config: 'config.yaml' }, env: {}, readFile: () => text });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const odd = error.message.split('\n').find((line) => !LINE.test(line));
    if (odd !== undefined) return `a line of the message has ${odd.length} characters: ${odd.slice(0, 200)}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(error.message))
      return `the message has a control character: ${JSON.stringify(error.message)}`;
  }
  return null;
}

/** Config and scenario files, in this process. The loader must not throw anything but ConfigError. */
export const config: Target = { share: 10, caseOf: documentOf, open: async () => new InProcess(check, ROUND) };
