import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { OpenConnection } from '../../report/report.js';
import { EmptyState } from '../empty-state.js';
import { FilterSelect, FilterText } from '../filter-fields.js';
import { count } from '../format.js';
import { EndDialog } from '../open/end-dialog.js';
import { openColumns } from '../open/open-columns.js';
import { matchingOpen, openPath, STAGES } from '../open/open-filter.js';
import { Problem } from '../problem.js';
import { fragmentOf } from '../route.js';
import { setFilter } from '../set-filter.js';
import { useMedia } from '../use-media.js';
import { usePolled } from '../use-polled.js';
import { WindowedTable } from '../windowed-table.js';
import type { ViewProps } from './view.js';

/** How often the connections are asked for, in ms, and the maximum of them. */
const [PERIOD, MOST] = [1000, 1000] as const;
/** Heights of a row, as in open.css. */
const [ROW, ROW_ON_A_PHONE] = [46, 104] as const;

/** The open connections, oldest first. One can be ended. */
export function OpenView({ control, live, state, route }: ViewProps): JSX.Element {
  const { filter } = route;
  const { answer, problem, again } = usePolled<OpenConnection[]>(control, openPath(filter, MOST), PERIOD);
  const [ending, setEnding] = useState<OpenConnection | null>(null);
  const [ended, setEnded] = useState<OpenConnection | null>(null);
  const outcome = useRef<HTMLParagraphElement>(null);
  const isPhone = useMedia('(max-width: 760px)');
  const { overview } = state;
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const rows = matchingOpen(answer ?? [], filter);
  const total = Object.values(overview?.open ?? {}).reduce((sum, each) => sum + each, 0);
  const bind = (key: string) => ({
    value: filter[key] ?? '',
    onChange: (value: string) => setFilter('open', key, value),
  });
  return (
    <section class="open-connections" aria-label="Open connections">
      <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
        <FilterSelect label="Stage" {...bind('stage')} options={STAGES.map((stage) => [stage, stage])} />
        <FilterSelect
          label="Proxy"
          {...bind('proxy')}
          options={(overview?.proxies ?? []).map(({ name }) => [name, name])}
        />
        <FilterText label="Client" {...bind('client')} placeholder="start of the address" suggestions={[]} />
      </form>
      <Problem message={problem} />
      <p>
        <strong>{count(rows.length)}</strong> {rows.length === 1 ? 'connection' : 'connections'}
        {(answer?.length ?? 0) >= MOST &&
          `. Only the first ${count(MOST)} that match were asked for, of ${count(total)} in all`}
      </p>
      <p ref={outcome} class="outcome" role="status" tabIndex={-1}>
        {ended !== null && (
          <>
            {`The connection of ${ended.client ?? 'an unknown client'} was ended. `}
            <a href={fragmentOf({ view: 'connections', selected: ended.id })}>Its report</a>
          </>
        )}
      </p>
      <WindowedTable
        label="Open connections, oldest first"
        columns={openColumns(overview === null ? Date.now() : Date.parse(overview.at), setEnding)}
        items={rows}
        keyOf={({ id }) => id}
        rowHeight={isPhone ? ROW_ON_A_PHONE : ROW}
      />
      {answer !== null && rows.length === 0 && (
        <EmptyState title={isFiltered ? 'No open connection matches.' : 'No connection is open.'}>
          {isFiltered && <a href={fragmentOf({ view: 'open' })}>Clear the filter</a>}
        </EmptyState>
      )}
      {ending !== null && (
        <EndDialog
          control={control}
          connection={ending}
          onEnded={() => {
            setEnded(ending);
            again();
            void live.refresh().catch(() => {});
          }}
          onClose={() => {
            setEnding(null);
            // The row of an ended connection is about to go, and its button with it.
            if (ended?.id === ending.id) outcome.current?.focus();
          }}
        />
      )}
    </section>
  );
}
