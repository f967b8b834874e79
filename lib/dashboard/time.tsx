import type { JSX } from 'preact';
import { localTime, utc } from './format.js';

/** A time of day, with the date in UTC as its tooltip. @param at ISO 8601, or ms since 1970 */
export function Time({ at }: { readonly at: string | number }): JSX.Element {
  return (
    <time dateTime={utc(at)} title={utc(at)}>
      {localTime(at)}
    </time>
  );
}
