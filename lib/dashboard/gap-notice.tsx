import type { JSX } from 'preact';
import type { Gap } from './event-feed.js';
import { count } from './format.js';
import type { Live } from './live.js';
import { Time } from './time.js';

/** Says from which time reports are missing, until the user has seen it. */
export function GapNotice({ gap, live }: { readonly gap: Gap | null; readonly live: Live }): JSX.Element | null {
  if (gap === null) return null;
  const { from, until, isRestart, most } = gap;
  return (
    <div class="notice gap row" role="status">
      <span>
        {isRestart ? 'rabbit-snare was restarted. ' : 'This page could not keep up. '}
        {most === null ? 'Reports' : `Up to ${count(most)} reports`} between <Time at={from} /> and <Time at={until} />{' '}
        are missing here.{!isRestart && ' Rates and totals are complete.'}
      </span>
      <button type="button" class="end" onClick={() => live.dismissGap()}>
        Dismiss
      </button>
    </div>
  );
}
