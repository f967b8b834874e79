import type { ViewName } from './route.js';

/** What the views are called in the navigation and as headings. */
export const TITLES: Readonly<Record<ViewName, string>> = {
  now: 'Now',
  connections: 'Connections',
  open: 'Open',
  'health-checks': 'Health checks',
  faults: 'Faults',
  proxies: 'Proxies',
};
