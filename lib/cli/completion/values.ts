import { generations, LAST_MINOR } from '../../amqp/dialect.js';
import type { Flag } from '../../config/flags.js';
import { builtInScenarios } from '../../control/scenario-files.js';
import { FAULT_TYPES } from '../../faults/registry.js';
import { STYLE_DOCS } from '../../health-check/style.js';
import { PROBE_CASES } from '../../probe/cases.js';
import { REASON_DOCS } from '../../report/reason-docs.js';

/** What a shell offers for a value. */
export type Values = { readonly words: readonly string[]; readonly files: boolean };

/** The words that stand for a placeholder. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  CASE: PROBE_CASES.map(({ name }) => name),
  FAULT: FAULT_TYPES.map(({ name }) => name),
  REASON: Object.keys(REASON_DOCS),
  SCENARIO: builtInScenarios(),
  STYLE: Object.keys(STYLE_DOCS),
  VERSION: minorVersions(),
};

/** Returns what a shell offers for the value of a flag or an argument, by its choices or its syntax. */
export function valuesOf({ choices, syntax = '' }: Flag): Values {
  const parts = syntax.split(' | ');
  const words = parts.flatMap((part) => WORDS[part] ?? (/^([a-z0-9][a-z0-9.-]*|-)$/.test(part) ? [part] : []));
  return { words: [...(choices ?? []).map(String), ...words], files: parts.includes('FILE') };
}

/** All minor versions from the oldest to the newest dialect. */
function minorVersions(): string[] {
  const known = generations();
  return [...new Set(known.map(([major]) => major))].flatMap((major) => {
    const minors = known.filter((version) => version[0] === major).map(([, minor]) => minor);
    const [first, last] = [Math.min(...minors), LAST_MINOR[major] ?? Math.max(...minors)];
    return Array.from({ length: last - first + 1 }, (_, at) => `${major}.${first + at}`);
  });
}
