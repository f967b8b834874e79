import type { Options } from 'yargs';
import { readConfigText, readText } from '../config/read-text.js';
import type { Config } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { parseCompact } from '../faults/compact.js';
import type { Fault } from '../faults/fault.js';
import { readScenarioText } from '../faults/read-scenario.js';
import type { Scenario } from '../faults/scenario.js';

/** The flags with which `run` is given faults for one run. */
export const faultFlags: Record<string, Options> = {
  fault: {
    type: 'string',
    requiresArg: true,
    description:
      "Fault from the start, such as 'amqp_close at=open code=320 times=2'; docs/faults.md has all. Repeatable",
  },
  scenario: {
    type: 'string',
    requiresArg: true,
    description: 'Scenario that begins at the start (FILE, YAML or JSON)',
  },
};

/**
 * Reads them.
 *
 * @throws ConfigError with a line for each problem
 */
export function readRunFaults(
  argv: Readonly<Record<string, unknown>>,
  { proxies }: Config,
): { readonly faults: readonly Fault[]; readonly scenario: Scenario | null } {
  const [only, ...others] = proxies;
  const options = only !== undefined && others.length === 0 ? { proxy: only.name } : {};
  const problems: string[] = [];
  const faults = [argv['fault'] ?? []].flat().flatMap((text) => {
    try {
      return [parseCompact(String(text), options)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.map((problem) => `--fault ${problem}`));
      return [];
    }
  });
  const file = argv['scenario'];
  if (Array.isArray(file)) problems.push(`--scenario must be given once, not ${file.length} times`);
  if (problems.length > 0) throw new ConfigError(problems);
  const scenario = typeof file === 'string' ? readScenarioText(readConfigText(file, readText), file, options) : null;
  const names = new Set(proxies.map(({ name }) => name));
  const all = [...faults, ...(scenario?.steps.map(({ fault }) => fault) ?? [])];
  const unknown = all.filter(({ proxy }) => !names.has(proxy));
  if (unknown.length > 0) {
    throw new ConfigError(
      unknown.map(({ name, proxy }) => `fault ${name} is for proxy "${proxy}", which is not there`),
    );
  }
  return { faults, scenario };
}
