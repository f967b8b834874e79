import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LiveState } from './live.js';
import { Time } from './time.js';

const WORDS = { connecting: 'connecting', live: 'live', lost: 'not connected', token: 'locked' } as const;

/** Says in a word whether the page shows what happens now. */
export function LinkStatus({ state: { link } }: { readonly state: LiveState }): JSX.Element {
  return (
    <p class={`link ${link}`} role="status">
      {WORDS[link]}
    </p>
  );
}

/** A connection that is back within this time, in ms, is not worth a message that moves the page. */
const BRIEF = 2000;

/** Says why the page does not show what happens now, and from when it is; nothing if it does. */
export function LinkProblem({ state: { link, problem, overview } }: { readonly state: LiveState }): JSX.Element | null {
  const isLost = link === 'lost';
  const [isShown, show] = useState(false);
  useEffect(() => {
    if (!isLost) return show(false);
    const timer = setTimeout(() => show(true), BRIEF);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isLost || !isShown) return null;
  return (
    <p class="problem gap" role="alert">
      Not connected: {problem}. This page tries again every second.
      {overview !== null && (
        <>
          {' Its last numbers are from '}
          <Time at={overview.at} />.
        </>
      )}
    </p>
  );
}
