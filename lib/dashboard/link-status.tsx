import type { JSX } from 'preact';
import type { LiveState } from './live.js';

const WORDS = { connecting: 'connecting', live: 'live', lost: 'not connected', token: 'locked' } as const;

/** Says whether the page shows what happens now, and why not. */
export function LinkStatus({ state: { link, problem } }: { readonly state: LiveState }): JSX.Element {
  return (
    <p class={`link ${link}`} role="status">
      {WORDS[link]}
      {problem !== null && `: ${problem}`}
    </p>
  );
}
