import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import { STYLE_DOCS } from '../../health-check/style-docs.js';
import { EmptyState } from '../empty-state.js';
import { FilterSelect, FilterText } from '../filter-fields.js';
import { count } from '../format.js';
import { CheckRow, keyOfCheck } from '../health-checks/check-row.js';
import { InvisiblePanel } from '../health-checks/invisible-panel.js';
import { steadyOrder } from '../health-checks/steady-order.js';
import { Problem } from '../problem.js';
import { fragmentOf } from '../route.js';
import { setFilter } from '../set-filter.js';
import { usePolled } from '../use-polled.js';
import type { ViewProps } from './view.js';

/** How often the checks are asked for, in ms, and the maximum of them. */
const [PERIOD, MOST] = [3000, 200] as const;
/** The filters, as the API names them. */
const KEYS = ['source', 'proxy', 'style'] as const;
const STYLES = Object.keys(STYLE_DOCS);

/** The health checks of each source, those that add most to the log of the broker first. */
export function HealthChecksView({ control, state, route }: ViewProps): JSX.Element {
  const { overview } = state;
  const given = KEYS.flatMap((key) => (route.filter[key] ? [[key, route.filter[key]] as [string, string]] : []));
  const path = `/health-checks?${new URLSearchParams([...given, ['limit', String(MOST)]])}`;
  const { answer, problem } = usePolled<HealthChecks>(control, path, PERIOD);
  const order = useRef<{ path: string; keys: readonly string[] }>({ path, keys: [] });
  const checks = steadyOrder(order.current.path === path ? order.current.keys : [], answer?.sources ?? [], keyOfCheck);
  order.current = { path, keys: checks.map(keyOfCheck) };
  const bind = (key: (typeof KEYS)[number]) => ({
    value: route.filter[key] ?? '',
    onChange: (value: string) => setFilter('health-checks', key, value),
  });
  return (
    <>
      <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
        <FilterText label="Source" {...bind('source')} placeholder="IP address" suggestions={[]} />
        <FilterSelect
          label="Proxy"
          {...bind('proxy')}
          options={(overview?.proxies ?? []).map(({ name }) => [name, name])}
        />
        <FilterSelect label="Style" {...bind('style')} options={STYLES.map((style) => [style, style])} />
      </form>
      <Problem message={problem} />
      {answer !== null && (
        <p>
          <strong>{count(answer.total)}</strong> {answer.total === 1 ? 'check' : 'checks'}
          {answer.total > checks.length && `, of which ${count(checks.length)} are shown`}
          {answer.dropped > 0 && `. ${count(answer.dropped)} sources were forgotten because there were too many`}
          <span class="quiet">, the ones that add most to the log of the broker first</span>
        </p>
      )}
      {checks.length > 0 ? (
        <div class="panel checks">
          <table aria-label="Health checks">
            <thead>
              <tr>
                <th scope="col">Source, proxy</th>
                <th scope="col">What it is, what it does</th>
                <th scope="col">Period</th>
                <th scope="col" class="number">
                  Connections
                </th>
                <th scope="col">Last seen</th>
                <th scope="col">In the broker log</th>
              </tr>
            </thead>
            {checks.map((check) => (
              <CheckRow
                key={keyOfCheck(check)}
                check={check}
                now={overview === null ? Date.now() : Date.parse(overview.at)}
              />
            ))}
          </table>
        </div>
      ) : (
        answer !== null && (
          <div class="panel">
            <EmptyState title={given.length === 0 ? 'No health check was seen.' : 'No health check matches.'}>
              {given.length > 0 && <a href={fragmentOf({ view: 'health-checks' })}>Clear the filter</a>}
            </EmptyState>
          </div>
        )
      )}
      {answer !== null && <InvisiblePanel invisible={answer.invisible} />}
    </>
  );
}
