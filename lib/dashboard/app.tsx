import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Banner } from './banner.js';
import type { Control } from './control.js';
import { Footer } from './footer.js';
import { GapNotice } from './gap-notice.js';
import { Header } from './header.js';
import { useLive, useRoute } from './hooks.js';
import { LinkProblem } from './link-status.js';
import type { Live } from './live.js';
import type { ViewName } from './route.js';
import { TITLES } from './titles.js';
import { TokenForm } from './token-form.js';
import { ConnectionsView } from './views/connections.js';
import { FaultsView } from './views/faults.js';
import { HealthChecksView } from './views/health-checks.js';
import { NowView } from './views/now.js';
import { OpenView } from './views/open.js';
import { ProxiesView } from './views/proxies.js';
import type { View } from './views/view.js';

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
  const main = useRef<HTMLElement>(null);
  const shown = useRef(route.view);
  const title = TITLES[route.view];
  useEffect(() => {
    document.title = `${title} - rabbit-snare`;
    if (shown.current === route.view) return;
    shown.current = route.view;
    // A screen reader reads the new view, and the next Tab is in it.
    main.current?.focus();
    scrollTo(0, 0);
  }, [route.view, title]);
  if (state.link === 'token') return <TokenForm live={live} wasWrong={control.token !== null} />;
  const Shown = VIEW_OF[route.view];
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the view
      </button>
      <Header state={state} view={route.view} />
      <Banner state={state} />
      <LinkProblem state={state} />
      <GapNotice gap={state.gap} live={live} />
      <main id="main" ref={main} tabIndex={-1} aria-label={title}>
        <h2 class="visually-hidden">{title}</h2>
        <Shown key={route.view} control={control} live={live} state={state} route={route} />
      </main>
      <Footer state={state} />
    </>
  );
}
