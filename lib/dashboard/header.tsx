import type { JSX } from 'preact';
import { LinkStatus } from './link-status.js';
import type { LiveState } from './live.js';
import { fragmentOf, VIEWS, type ViewName } from './route.js';
import { ThemePicker } from './theme-picker.js';
import { TITLES } from './titles.js';

/** The head of the page: the navigation with counts, the state of the connection, and the theme. */
export function Header({ state, view }: { readonly state: LiveState; readonly view: ViewName }): JSX.Element {
  return (
    <header class="top">
      <h1>rabbit-snare</h1>
      <nav aria-label="Views">
        {VIEWS.map((each) => (
          <a key={each} href={fragmentOf({ view: each })} aria-current={each === view ? 'page' : undefined}>
            {TITLES[each]}
            <Count view={each} state={state} />
          </a>
        ))}
      </nav>
      <div class="side">
        <LinkStatus state={state} />
        <ThemePicker />
      </div>
    </header>
  );
}

/** A number next to the name of a view. It is not part of the name of the link, which stays the same. */
function Count({ view, state }: { readonly view: ViewName; readonly state: LiveState }): JSX.Element | null {
  const number = countOf(view, state);
  if (number === 0) return null;
  return (
    <span class={`count ${view === 'faults' ? 'fault' : ''}`} aria-hidden="true">
      {number}
    </span>
  );
}

function countOf(view: ViewName, { overview, faults }: LiveState): number {
  if (view === 'open') return Object.values(overview?.open ?? {}).reduce((sum, each) => sum + each, 0);
  return view === 'faults' ? faults.filter(({ enabled }) => enabled).length : 0;
}
