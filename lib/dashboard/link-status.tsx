import type { JSX } from 'preact';
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

/** Says why the page does not show what happens now, and from when it is; nothing if it does. */
export function LinkProblem({ state: { link, problem, overview } }: { readonly state: LiveState }): JSX.Element | null {
  if (link !== 'lost') return null;
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
