/** The moments of a connection at which a fault can act, in order. */
export const MOMENTS = ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

/**
 * When a fault acts: `accept` (before anything is read), `header` (an octet of the protocol header has arrived), or when
 * the method of that name arrives at the proxy; `running` is Open-Ok. Start, Tune and Open-Ok come from the broker.
 */
export type Moment = (typeof MOMENTS)[number];

/** How many of the octets that make the moment are passed on: none, half or all. */
export type Place = 'before' | 'middle' | 'after';

/** Whether the octets that make a moment come from the client or from the upstream. */
export function sideOf(moment: Moment): 'client' | 'upstream' {
  return moment === 'start' || moment === 'tune' || moment === 'running' ? 'upstream' : 'client';
}

/** Whether `a` is `b` or comes after it. */
export function isSinceMoment(a: Moment, b: Moment): boolean {
  return MOMENTS.indexOf(a) >= MOMENTS.indexOf(b);
}
