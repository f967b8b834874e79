import type { JSX } from 'preact';
import type { FaultView } from '../../control/routes/faults.js';
import { count } from '../format.js';
import { fragmentOf } from '../route.js';

/** The hits of a fault, and its last connections with a link to their reports, which exist once they have ended. */
export function SeenConnections({ hits, times, seen }: Pick<FaultView, 'hits' | 'times' | 'seen'>): JSX.Element {
  const hitsText = `${count(hits)}${times === null ? '' : ` of ${count(times)}`} ${hits === 1 && times === null ? 'hit' : 'hits'}`;
  if (seen.length === 0) return <span class="hits number">{hitsText}</span>;
  return (
    <details class="hits">
      <summary class="number">{hitsText}</summary>
      <ol class="seen small" aria-label="The last connections, newest first">
        {seen.toReversed().map(({ connection, at, stage }) => (
          <li key={connection}>
            <a class="mono" href={fragmentOf({ view: 'connections', selected: connection })}>
              {connection}
            </a>{' '}
            <span class="quiet">
              at {at}
              {stage !== at && `, stage ${stage}`}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
