import type { JSX } from 'preact';
import { count } from './format.js';
import type { LiveState } from './live.js';
import { Moment } from './time.js';

/** What is known about the program that serves the page. */
export function Footer({ state: { overview, received } }: { readonly state: LiveState }): JSX.Element | null {
  if (overview === null) return null;
  return (
    <footer class="foot">
      <span>rabbit-snare {overview.version}</span>
      <span>
        started <Moment at={overview.startedAt} />
      </span>
      <span>{count(overview.totals.ended)} connections ended since then</span>
      <span>{count(received)} reports received by this page</span>
      <a href="openapi.json">API</a>
    </footer>
  );
}
