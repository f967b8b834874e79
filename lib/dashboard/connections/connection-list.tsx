import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Report } from '../../report/report.js';
import { count } from '../format.js';
import { fragmentOf } from '../route.js';
import { useMedia } from '../use-media.js';
import type { ViewProps } from '../views/view.js';
import { WindowedTable } from '../windowed-table.js';
import { connectionColumns } from './connection-columns.js';
import { readFilter } from './connection-filter.js';
import { FilterForm } from './filter-form.js';
import { exportName, jsonLines } from './json-lines.js';
import { useReports } from './use-reports.js';

/** Heights of a row, as in connections.css. */
const [ROW, ROW_ON_A_PHONE] = [46, 92] as const;

/** The connections that have ended, newest first. While the reader reads, or after Pause, it stays as it is. */
export function ConnectionList({ control, state, route, live: _ }: ViewProps): JSX.Element {
  const filter = readFilter(route.filter);
  const isShown = route.selected === null;
  const [isPaused, setPaused] = useState(false);
  const [isReading, setReading] = useState(false);
  const [rewound, setRewound] = useState(0);
  const isPhone = useMedia('(max-width: 760px)');
  const { list, older, problem, askForOlder, showArrived } = useReports(
    control,
    state.reports,
    filter,
    isPaused || isReading || !isShown,
  );
  const { rows, arrived } = list;
  const linkOf = ({ id }: Report): string => fragmentOf({ view: 'connections', selected: id, filter: route.filter });
  const filters = Object.keys(filter).length;
  const isFiltered = filters > 0;
  const form = <FilterForm filter={filter} state={state} />;
  return (
    <section class="connections" hidden={!isShown} aria-label="Connections that have ended">
      {isPhone ? (
        <details class="filter-box">
          <summary>Filters{filters > 0 && ` (${filters} in use)`}</summary>
          {form}
        </details>
      ) : (
        form
      )}
      <div class="bar">
        <p>
          <strong>{count(rows.length)}</strong> {rows.length === 1 ? 'connection' : 'connections'}
          {isFiltered && (
            <>
              {' match. '}
              <a href={fragmentOf({ view: 'connections' })}>Clear the filter</a>
            </>
          )}
        </p>
        <button
          type="button"
          class="primary new"
          hidden={arrived === 0}
          onClick={() => {
            showArrived();
            setRewound(rewound + 1);
          }}
        >
          {count(arrived)} new
        </button>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" disabled={rows.length === 0} onClick={() => download(rows)}>
          Export JSON lines
        </button>
      </div>
      <WindowedTable
        label="Connections, newest first"
        columns={connectionColumns(linkOf)}
        items={rows}
        keyOf={({ id }) => id}
        linkOf={linkOf}
        rowHeight={isPhone ? ROW_ON_A_PHONE : ROW}
        rewound={rewound}
        isShown={isShown}
        onRead={setReading}
      />
      <p class="older quiet">
        {rows.length === 0 && older !== 'asking' && (
          <span>{isFiltered ? 'No kept report matches. ' : 'No connection has ended yet. '}</span>
        )}
        {older === 'asking' && 'Asking for older ones…'}
        {older === 'all' && rows.length > 0 && `rabbit-snare keeps no older reports${isFiltered ? ' that match' : ''}.`}
        {older === 'most' && 'There may be older ones. Narrow the filter to see them.'}
        {older === 'more' && (
          <button type="button" onClick={askForOlder}>
            Load older
          </button>
        )}
        {problem !== null && <span class="error"> {problem}</span>}
      </p>
    </section>
  );
}

/** Saves reports as a file. */
function download(reports: readonly Report[]): void {
  const url = URL.createObjectURL(new Blob([jsonLines(reports)], { type: 'application/jsonl' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: exportName(Date.now()) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
