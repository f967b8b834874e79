import type { JSX } from 'preact';
import { Banner } from './banner.js';
import type { Control } from './control.js';
import { useLive, useRoute } from './hooks.js';
import type { Live } from './live.js';
import { fragmentOf, VIEWS, type ViewName } from './route.js';
import { TokenForm } from './token-form.js';
import { ConnectionsView } from './views/connections.js';
import { FaultsView } from './views/faults.js';
import { HealthChecksView } from './views/health-checks.js';
import { NowView } from './views/now.js';
import { OpenView } from './views/open.js';
import { ProxiesView } from './views/proxies.js';
import type { View } from './views/view.js';

const TITLES: Readonly<Record<ViewName, string>> = {
  now: 'Now',
  connections: 'Connections',
  open: 'Open',
  'health-checks': 'Health checks',
  faults: 'Faults',
  proxies: 'Proxies',
};

const VIEW_OF: Readonly<Record<ViewName, View>> = {
  now: NowView,
  connections: ConnectionsView,
  open: OpenView,
  'health-checks': HealthChecksView,
  faults: FaultsView,
  proxies: ProxiesView,
};

/** The whole page: navigation, the banner for everything that is broken on purpose, and one view. */
export function App({ control, live }: { readonly control: Control; readonly live: Live }): JSX.Element {
  const state = useLive(live);
  const route = useRoute();
  if (state.link === 'token') return <TokenForm control={control} problem={state.problem} />;
  const Shown = VIEW_OF[route.view];
  return (
    <>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <header class="top">
        <h1>rabbit-snare</h1>
        <nav aria-label="Views">
          {VIEWS.map((view) => (
            <a key={view} href={fragmentOf({ view })} aria-current={view === route.view ? 'page' : undefined}>
              {TITLES[view]}
            </a>
          ))}
        </nav>
        <p class={`link ${state.link}`} role="status">
          {state.link === 'live' ? 'live' : `${state.link}${state.problem === null ? '' : `: ${state.problem}`}`}
        </p>
      </header>
      <Banner state={state} />
      <main id="main" tabIndex={-1} aria-label={TITLES[route.view]}>
        <h2>{TITLES[route.view]}</h2>
        <Shown control={control} live={live} state={state} route={route} />
      </main>
    </>
  );
}
