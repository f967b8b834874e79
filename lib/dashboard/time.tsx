import type { JSX } from 'preact';
import { localDateTime, localTime, utc } from './format.js';

type At = {
  /** ISO 8601, or ms since 1970 */
  readonly at: string | number;
};

/** The local time of day, with date and time in UTC as its tooltip. */
export const Time = ({ at }: At): JSX.Element => (
  <time dateTime={utc(at)} title={utc(at)}>
    {localTime(at)}
  </time>
);

/** The local date and time, with those in UTC as their tooltip. */
export const Moment = ({ at }: At): JSX.Element => (
  <time dateTime={utc(at)} title={utc(at)}>
    {localDateTime(at)}
  </time>
);

const DAY = 86_400_000;

/** The local time of day, and the date as well if it is more than a day ago. */
export const Since = ({ at }: At): JSX.Element =>
  Date.now() - new Date(at).getTime() < DAY ? <Time at={at} /> : <Moment at={at} />;
