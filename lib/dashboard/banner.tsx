import type { JSX } from 'preact';
import { brokenOnPurpose } from './broken.js';
import type { LiveState } from './live.js';
import { fragmentOf } from './route.js';
import { Since } from './time.js';

/** Maximum names in the banner. */
const MOST = 4;

/** Says on every view what is broken on purpose, since when, and where to change it; nothing if nothing is. */
export function Banner({ state }: { readonly state: LiveState }): JSX.Element | null {
  const all = brokenOnPurpose(state);
  if (all.length === 0) return null;
  return (
    <section class="banner" aria-label="Broken on purpose">
      <strong>Broken on purpose</strong>
      <ul>
        {all.slice(0, MOST).map(({ what, name, detail, since, href }) => (
          <li key={`${what} ${name}`}>
            {what} <a href={href}>{name}</a> <span class="quiet">{detail}</span>
            {since !== null && (
              <span class="quiet">
                , since <Since at={since} />
              </span>
            )}
          </li>
        ))}
        {all.length > MOST && (
          <li>
            <a href={fragmentOf({ view: 'faults' })}>and {all.length - MOST} more</a>
          </li>
        )}
      </ul>
    </section>
  );
}
