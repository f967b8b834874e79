import type { JSX } from 'preact';
import type { Overview } from '../../control/overview.js';
import { ratesBetween } from '../../report/rates.js';
import { count } from '../format.js';
import { fragmentOf } from '../route.js';
import { rate } from './rates.js';

const TILES = [
  { kind: 'accepted', label: 'Accepted', color: 'plain' },
  { kind: 'forward', label: 'Forwarded', color: 'info' },
  { kind: 'refuse', label: 'Refused', color: 'error' },
  { kind: 'fault', label: 'Faulted', color: 'fault' },
] as const;

/** Connections per second by decision, and the open connections by stage. */
export function Tiles({
  overview,
  before,
}: {
  readonly overview: Overview;
  readonly before: Overview | null;
}): JSX.Element {
  const rates = ratesBetween(before, overview);
  const stages = Object.entries(overview.open);
  const open = stages.reduce((sum, [, each]) => sum + each, 0);
  return (
    <section class="tiles now" aria-label="Rates and open connections">
      {TILES.map(({ kind, label, color }) => (
        <div class={`panel tile ${color} ${rates?.[kind] ? '' : 'idle'}`} key={kind}>
          <h3>{label}</h3>
          <p class="value">
            {rates === null ? '-' : rate(rates[kind])} <small>/s</small>
          </p>
          <p class="quiet small number">{count(overview.totals[kind])} in all</p>
        </div>
      ))}
      <div class="panel tile open">
        <h3>
          <a href={fragmentOf({ view: 'open' })}>Open</a>
        </h3>
        <p class="value">{count(open)}</p>
        <ul class="stages small">
          {stages.map(([stage, each]) => (
            <li key={stage}>
              <span class="quiet">{stage}</span> <span class="number">{count(each)}</span>
            </li>
          ))}
          {open === 0 && <li class="quiet">no open connections</li>}
        </ul>
      </div>
    </section>
  );
}
