/** The views, in the order of the navigation. */
export const VIEWS = ['now', 'connections', 'open', 'health-checks', 'faults', 'proxies'] as const;

export type ViewName = (typeof VIEWS)[number];

/** What the page shows. It is in the fragment of the URL, so that a link or a reload shows the same. */
export type Route = {
  readonly view: ViewName;
  /** What is selected in the view, for example the id of a report. */
  readonly selected: string | null;
  /** Filters of the view: `{ reason: 'bad_header' }`. */
  readonly filter: Readonly<Record<string, string>>;
};

/** Reads a fragment: `#/connections/ID?reason=bad_header`. An unknown view is `now`. */
export function readRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split('?', 2);
  const [name, selected] = path.split('/');
  const view = VIEWS.find((each) => each === name) ?? 'now';
  return { view, selected: selected ? decode(selected) : null, filter: Object.fromEntries(new URLSearchParams(query)) };
}

/** Returns the fragment of a route. Empty filters are left out. */
export function fragmentOf({ view, selected = null, filter = {} }: Partial<Route> & Pick<Route, 'view'>): string {
  const given = Object.entries(filter).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return `#/${view}${selected === null ? '' : `/${encodeURIComponent(selected)}`}${query && `?${query}`}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
