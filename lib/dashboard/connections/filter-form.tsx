import type { JSX } from 'preact';
import { FilterSelect, FilterText } from '../filter-fields.js';
import type { LiveState } from '../live.js';
import { setFilter } from '../set-filter.js';
import { type ConnectionFilter, type FilterKey, hostOf } from './connection-filter.js';
import { REASON_NAMES } from './reason-names.js';

/** Maximum suggestions for a text field. */
const MOST_SUGGESTED = 50;

/** The controls that filter the connections. */
export function FilterForm({
  filter,
  state,
}: {
  readonly filter: ConnectionFilter;
  readonly state: LiveState;
}): JSX.Element {
  const bind = (key: FilterKey) => ({
    value: filter[key] ?? '',
    onChange: (value: string) => setFilter('connections', key, value),
  });
  const { reports, overview, faults } = state;
  const last = reports.slice(-500);
  const proxies = distinct([...(overview?.proxies ?? []).map(({ name }) => name), ...last.map(({ proxy }) => proxy)]);
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
      <FilterSelect label="Reason" {...bind('reason')} options={REASON_NAMES.map((name) => [name, name])} />
      <FilterText
        label="Client"
        {...bind('client')}
        placeholder="IP or IP:port"
        suggestions={distinct(last.flatMap(({ client }) => (client === null ? [] : [hostOf(client)])))}
      />
      <FilterText
        label="Product"
        {...bind('product')}
        placeholder="part of the name"
        suggestions={distinct(last.flatMap(({ handshake }) => handshake?.product ?? []))}
      />
      <FilterSelect label="Proxy" {...bind('proxy')} options={proxies.map((name) => [name, name])} />
      <FilterSelect
        label="Decision"
        {...bind('decision')}
        options={['forward', 'refuse', 'fault', 'none'].map((name) => [name, name])}
      />
      <FilterText
        label="Fault"
        {...bind('fault')}
        placeholder="name or id"
        suggestions={distinct([
          ...faults.map(({ id }) => id),
          ...last.flatMap((report) => report.faults.map(({ id }) => id)),
        ])}
      />
      <FilterSelect
        label="Health check"
        {...bind('healthCheck')}
        options={[
          ['true', 'yes'],
          ['false', 'no'],
        ]}
      />
    </form>
  );
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].slice(0, MOST_SUGGESTED);
