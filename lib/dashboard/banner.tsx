import type { JSX } from 'preact';
import type { LiveState } from './live.js';
import { fragmentOf } from './route.js';

/** Says on every view what is broken on purpose; nothing if nothing is. */
export function Banner({ state: { faults, scenarios, overview } }: { readonly state: LiveState }): JSX.Element | null {
  const active = faults.filter(({ enabled }) => enabled);
  const down = overview?.proxies.filter(({ enabled }) => !enabled) ?? [];
  const parts = [
    active.length > 0 && `${active.length} ${active.length === 1 ? 'fault' : 'faults'}`,
    scenarios.length > 0 && `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`,
    down.length > 0 && `${down.map(({ name }) => name).join(', ')} down`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return null;
  return (
    <section class="banner" aria-label="Broken on purpose">
      <strong>Broken on purpose:</strong> <a href={fragmentOf({ view: 'faults' })}>{parts.join(', ')}</a>
    </section>
  );
}
