import type { Flag } from '../config/flags.js';
import type { Config } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { parseCompact } from '../faults/compact.js';
import type { Fault } from '../faults/fault.js';
import { readScenarioText } from '../faults/read-scenario.js';
import type { Scenario } from '../faults/scenario.js';
import { readScenarioSource } from './scenario-source.js';

/** The flags of `run` that inject faults. They are not part of the configuration. */
export const faultFlags: Record<string, Flag> = {
  fault: {
    type: 'string',
    requiresArg: true,
    group: 'Faults and seed:',
    syntax: 'FAULT',
    description:
      "Fault to inject from the start, such as 'amqp_close at=open code=320 times=2'. Repeatable. docs/faults.md lists all types.",
  },
  scenario: {
    type: 'string',
    requiresArg: true,
    group: 'Faults and seed:',
    syntax: 'SCENARIO | FILE',
    description: 'Scenario to start with: a name of `scenario list`, or a file in YAML or JSON. (SCENARIO | FILE)',
  },
};

/**
 * Reads the values of `--fault` and `--scenario`.
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
  const source = typeof file === 'string' ? readScenarioSource(file) : null;
  const scenario = source && readScenarioText(source.text, source.file, options);
  const names = new Set(proxies.map(({ name }) => name));
  const all = [...faults.map((fault) => ({ fault })), ...(scenario?.steps ?? [])];
  const unknown = all.flatMap((each) => {
    const [what, proxy] =
      'fault' in each ? [`fault ${each.fault.name}`, each.fault.proxy] : ['healthChecks', each.proxy];
    return names.has(proxy) ? [] : [`${what} is for proxy "${proxy}", which does not exist`];
  });
  if (unknown.length > 0) throw new ConfigError(unknown);
  return { faults, scenario };
}
