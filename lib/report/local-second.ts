const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MS_OF_SECOND = 1000;

export const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** A second of local time, as the logs of RabbitMQ print it. */
export type LocalSecond = {
  /** `2026-11-23 05:57:07` */
  readonly sortable: string;
  /** `23-Nov-2026::05:57:07` */
  readonly report: string;
  /** The offset from UTC: `+00:00`. */
  readonly offset: string;
};

let last = Number.NaN;
let known: LocalSecond | undefined;

/**
 * Returns the second of a time. Most calls are for that of the call before, so it is formatted once.
 *
 * @param time ms since 1970
 */
export function localSecond(time: number): LocalSecond {
  const second = Math.floor(time / MS_OF_SECOND);
  if (second !== last || known === undefined) {
    known = format(new Date(second * MS_OF_SECOND));
    last = second;
  }
  return known;
}

function format(at: Date): LocalSecond {
  const clock = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  const minutes = -at.getTimezoneOffset();
  return {
    sortable: `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clock}`,
    report: `${at.getDate()}-${MONTHS[at.getMonth()]}-${at.getFullYear()}::${clock}`,
    offset: `${minutes < 0 ? '-' : '+'}${pad(Math.trunc(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`,
  };
}
