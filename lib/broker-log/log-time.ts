/** Month names of 3.6 and of syslog. */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DATED = /^(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?$/;
const HEADED = /^ ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4})::(\d\d):(\d\d):(\d\d)$/;
const YEARLESS = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/;
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
    const [, year, month, day, hour, minute, second, fraction, zone] = dated;
    return utc(year, Number(month), day, hour, minute, second, fraction) - offsetOf(zone);
  }
  const [whole, seconds, fraction, microseconds] = EPOCH.exec(text) ?? [];
  if (whole !== undefined) {
    return microseconds === undefined ? Number(seconds) * 1000 + msOf(fraction) : Math.floor(Number(microseconds) / 1000);
  }
  const headed = HEADED.exec(text);
  if (headed) {
    const [, day, month, year, hour, minute, second] = headed;
    return utc(year, MONTHS.indexOf(month as string) + 1, day, hour, minute, second, undefined);
  }
  const yearless = YEARLESS.exec(text);
  if (!yearless) return null;
  const [, month, day, hour, minute, second, part] = yearless;
  const at = (year: number) =>
    utc(`${year}`, MONTHS.indexOf(month as string) + 1, day, hour, minute, second, part);
  const year = new Date(now).getUTCFullYear();
  // A day of tolerance, because the time is local.
  return at(year) <= now + DAY ? at(year) : at(year - 1);
}

function utc(
  year: string | undefined,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
): number {
  const whole = Date.UTC(Number(year), month - 1, Number(day), Number(hour), Number(minute), Number(second));
  return whole + msOf(fraction);
}

/** Digits after the point as ms, truncated. */
const msOf = (fraction: string | undefined): number =>
  fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));

/** `+02:00` as ms. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === '-' ? -minutes : minutes) * 60_000;
}
