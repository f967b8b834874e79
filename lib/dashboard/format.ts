import { roughDuration } from '../text/rough-duration.js';

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DATE_TIME = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const NUMBER = new Intl.NumberFormat();

/** The time of day in the time zone of the browser. @param time ISO 8601, or ms since 1970 */
export const localTime = (time: string | number): string => TIME.format(new Date(time));

/** Date and time in the time zone of the browser. */
export const localDateTime = (time: string | number): string => DATE_TIME.format(new Date(time));

/** Date and time in UTC, for a tooltip: `2026-11-28T19:44:08.505Z`. */
export const utc = (time: string | number): string => new Date(time).toISOString();

export const count = (number: number): string => NUMBER.format(number);

/** `250 ms`, `5.0 s`, `2.5 min`; `-` if there is none. */
export const duration = (ms: number | null): string => (ms === null ? '-' : roughDuration(ms));

/** `512 B`, `4.1 kB`, `3.0 MB` */
export function bytes(number: number): string {
  if (number < 1000) return `${number} B`;
  return number < 1e6 ? `${(number / 1e3).toFixed(1)} kB` : `${(number / 1e6).toFixed(1)} MB`;
}

/** `12 s`, `5 min`, `3 h`, `2 d`: a time that has passed, in its largest unit. @param ms a negative time counts as none */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
