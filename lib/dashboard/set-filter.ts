import { fragmentOf, readRoute, type ViewName } from './route.js';

/**
 * Changes one filter of a view in the URL, without an entry in the history of the browser. The others stay as they are in the URL
 * now: what was drawn last may be older.
 *
 * @param value empty: no filter
 */
export function setFilter(view: ViewName, key: string, value: string): void {
  const { filter } = readRoute(location.hash);
  location.replace(fragmentOf({ view, filter: { ...filter, [key]: value } }));
}
