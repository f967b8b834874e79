import type { JSX } from 'preact';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import { EmptyState } from '../empty-state.js';
import { count, duration } from '../format.js';
import { fragmentOf } from '../route.js';
import { plainName } from './knocking.js';

/** The health checks that add most to the log of the broker. */
export function Checks({ checks }: { readonly checks: HealthChecks['sources'] }): JSX.Element {
  if (checks.length === 0) return <EmptyState title="No health check was seen" />;
  return (
    <div class="scroll">
      <table aria-label="Health checks">
        <thead>
          <tr>
            <th scope="col">Health check</th>
            <th scope="col" class="number">
              Every
            </th>
            <th scope="col" class="number">
              Log entries a day
            </th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ source, proxy, style, guess, periodMs, broker }) => (
            <tr key={`${proxy} ${source} ${style}`}>
              <th scope="row">
                <a href={fragmentOf({ view: 'health-checks' })}>{source ?? 'not known'}</a>
                <span class="what quiet small">{plainName(guess?.what ?? style)}</span>
              </th>
              <td class="number">{periodMs === null ? 'irregular' : duration(periodMs)}</td>
              <td class="number">{broker.entriesPerDay === null ? '' : count(Math.round(broker.entriesPerDay))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
