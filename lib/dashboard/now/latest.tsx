import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Reason } from '../badge.js';
import { EmptyState } from '../empty-state.js';
import { fragmentOf } from '../route.js';
import { Time } from '../time.js';

/** The latest refusals, warnings and errors, each with what happened in a sentence. */
export function Latest({ reports }: { readonly reports: readonly Report[] }): JSX.Element {
  if (reports.length === 0) return <EmptyState title="No refusals and no errors" />;
  return (
    <ol class="latest">
      {reports.map(({ id, at, durationMs, client, proxy, reason }) => (
        <li key={id}>
          <span class="head">
            <Time at={Date.parse(at) + durationMs} />
            <a href={fragmentOf({ view: 'connections', selected: id })}>{client ?? 'unknown client'}</a>
            <Reason reason={reason} />
            <span class="quiet small proxy-name">{proxy}</span>
          </span>
          <p class="quiet small sentence" title={reason.sentence}>
            {reason.sentence}
          </p>
        </li>
      ))}
    </ol>
  );
}
