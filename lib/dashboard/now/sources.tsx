import type { JSX } from 'preact';
import { Reason } from '../badge.js';
import { EmptyState } from '../empty-state.js';
import { count } from '../format.js';
import { fragmentOf } from '../route.js';
import { Time } from '../time.js';
import { plainName, type Source } from './knocking.js';

/** The sources with the most connections, what they are, and why their connections ended. */
export function Sources({ sources }: { readonly sources: readonly Source[] }): JSX.Element {
  if (sources.length === 0) return <EmptyState title="No connection has ended yet" />;
  return (
    <div class="scroll">
      <table class="sources" aria-label="Sources">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" class="number">
              Count
            </th>
            <th scope="col">Reasons</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ host, count: number, last, what, reasons: [first] }) => (
            <tr key={host}>
              <th scope="row">
                {host === null ? (
                  'not known'
                ) : (
                  <a href={fragmentOf({ view: 'connections', filter: { client: host } })}>{host}</a>
                )}
                <span class="what quiet small">{what === null ? 'not recognized' : plainName(what)}</span>
              </th>
              <td class="number">{count(number)}</td>
              <td>
                {first && <Reason reason={first.reason} />}
                <span class="what quiet small">
                  {first && (first.count === number ? 'all' : `${count(first.count)} of ${count(number)}`)}, last{' '}
                  <Time at={last.at} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
