import { useEffect, useState } from 'preact/hooks';
import type { Live, LiveState } from './live.js';
import { type Route, readRoute } from './route.js';

/** The state of the page. The component is drawn again after each change. */
export function useLive(live: Live): LiveState {
  const [state, setState] = useState(live.state);
  useEffect(() => {
    setState(live.state);
    return live.subscribe(() => setState(live.state));
  }, [live]);
  return state;
}

/** What the URL says. The component is drawn again after each change. */
export function useRoute(): Route {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const changed = () => setFragment(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return readRoute(fragment);
}
