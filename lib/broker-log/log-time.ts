/** Month names of 3.6 and of syslog. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DATED = /^(\d{4}[-/]\d\d[-/]\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?$/;
const HEADED = /^ ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4})::(\d\d:\d\d:\d\d)$/;
const YEARLESS = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/;
/** Seconds, with or without a fraction, or whole microseconds since 1970. */
const EPOCH = /^(\d{9,10})(?:\.(\d{1,9}))?$|^(\d{15,16})$/;
const DAY = 86_400_000;

/**
 * Reads a time as RabbitMQ, syslog, Docker or Kubernetes writes it. Without a zone it is taken as UTC, because a log does not
 * say where it was written.
 *
 * @param now ms since 1970; a time without a year is in the last one before it
 * @returns ms since 1970; null if the text is not a time
 */
export function parseTime(text: string, now: number): number | null {
  const dated = DATED.exec(text);
  if (dated) {
    return valid(dayOf(dated[1] as string) + timeOf(dated[2] as string) + msOf(dated[3]) - offsetOf(dated[4]));
  }
  const [whole, seconds, fraction, microseconds] = EPOCH.exec(text) ?? [];
  if (whole !== undefined) {
    return microseconds === undefined
      ? Number(seconds) * 1000 + msOf(fraction)
      : Math.floor(Number(microseconds) / 1000);
  }
  const [, headedDay, headedMonth = '', headedYear, headedTime] = HEADED.exec(text) ?? [];
  if (headedTime !== undefined) return valid(dayIn(Number(headedYear), headedMonth, headedDay) + timeOf(headedTime));
  const [, month = '', day, time, part] = YEARLESS.exec(text) ?? [];
  if (time === undefined) return null;
  const year = new Date(now).getUTCFullYear();
  const at = (inYear: number) => valid(dayIn(inYear, month, day) + timeOf(time) + msOf(part));
  // A day of tolerance, because the time is local.
  return (at(year) ?? 0) <= now + DAY ? at(year) : at(year - 1);
}

const valid = (time: number): number | null => (Number.isNaN(time) ? null : time);

/** The last day that was read: nearly all lines of a log are of the same day as the one before. */
let [lastDay, lastDayAt] = ['', 0];

/** `2026-01-31` as ms since 1970. */
function dayOf(text: string): number {
  if (text !== lastDay) {
    lastDayAt = Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8, 10)));
    lastDay = text;
  }
  return lastDayAt;
}

const dayIn = (year: number, month: string, day: string | undefined): number => {
  const number = MONTHS.indexOf(month);
  return number < 0 ? Number.NaN : Date.UTC(year, number, Number(day));
};

const ZERO = 48;

/** `23:59:59` as ms. */
function timeOf(text: string): number {
  const digits = (at: number) => (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
  return (digits(0) * 3600 + digits(3) * 60 + digits(6)) * 1000;
}

/** Digits after the point as ms, truncated. */
const msOf = (fraction: string | undefined): number =>
  fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));

/** `+02:00` as ms. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === '+00:00') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === '-' ? -minutes : minutes) * 60_000;
}
