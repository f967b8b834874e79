import type { JSX } from 'preact';
import type { LiveState } from './live.js';
import { Time } from './time.js';

const WORDS = { connecting: 'connecting', live: 'live', lost: 'not connected', token: 'locked' } as const;

/** Says whether the page shows what happens now, and why not. */
export function LinkStatus({ state: { link, problem, overview } }: { readonly state: LiveState }): JSX.Element {
  return (
    <p class={`link ${link}`} role="status">
      <span>
        {WORDS[link]}
        {problem !== null && `: ${problem}`}
        {link === 'lost' && overview !== null && (
          <>
            {', as of '}
            <Time at={overview.at} />
          </>
        )}
      </span>
    </p>
  );
}
