import { readConfigText, readText } from '../config/read-text.js';
import { builtInScenarios, scenarioPath } from '../control/scenario-files.js';
import { ConfigError } from '../errors.js';
import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';

/** The text of a scenario, and what messages about it call it. */
export type ScenarioSource = { readonly text: string; readonly file: string };

/**
 * Reads a scenario that comes with the program, by its name, or any file.
 *
 * @param given a name such as `slow-tune`, or else the path of a file
 * @throws ConfigError if it is neither, or cannot be read
 */
export function readScenarioSource(given: string): ScenarioSource {
  const names = builtInScenarios();
  if (names.includes(given)) return { text: readText(scenarioPath(given)), file: `${given}.yaml` };
  try {
    return { text: readConfigText(given, readText), file: given };
  } catch (error) {
    // A path has a slash or an ending. A single word is meant as a name.
    if (!(error instanceof ConfigError) || /[./\\]/.test(given)) throw error;
    throw new ConfigError(noSuchScenario(given, names));
  }
}

/**
 * Returns a name if a scenario that comes with the program has it.
 *
 * @throws ConfigError
 */
export function builtInScenario(name: string): string {
  const names = builtInScenarios();
  if (!names.includes(name)) throw new ConfigError(noSuchScenario(name, names));
  return name;
}

const noSuchScenario = (name: string, names: readonly string[]): string =>
  `there is no scenario or file ${quote(name)}${didYouMean(name, names)}; rabbit-snare scenario list shows all scenarios`;
