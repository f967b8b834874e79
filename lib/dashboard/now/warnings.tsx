import type { JSX } from 'preact';
import type { Overview } from '../../control/overview.js';
import { bytes, count } from '../format.js';

/** What is wrong with rabbit-snare itself; nothing if it is well. */
export function Warnings({ overview }: { readonly overview: Overview }): JSX.Element | null {
  const all = warningsOf(overview);
  if (all.length === 0) return null;
  return (
    <ul class="problem">
      {all.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  );
}

function warningsOf({ limits: { memory }, outputs: { log, reports } }: Overview): string[] {
  const found: string[] = [];
  if (memory.refusing) {
    const limit = memory.limit === null ? '' : ` of ${bytes(memory.limit)}`;
    found.push(`New connections are refused because ${bytes(memory.used)}${limit} of memory are used.`);
  }
  for (const [name, output] of [['log', log] as const, ['reports file', reports] as const]) {
    if (output === null) continue;
    if (output.failing !== null) found.push(`The ${name} cannot be written: ${output.failing}.`);
    if (output.lost > 0) found.push(`${count(output.lost)} lines of the ${name} were dropped.`);
  }
  return found;
}
