/** The moments of a connection at which a fault can act, in their order. */
export const MOMENTS = ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

/**
 * When a fault acts: `accept` (nothing was read), `header` (an octet of the protocol header has come), and when the
 * method of that name has arrived at the proxy; `running` is Open-Ok. Start, Tune and Open-Ok come from the broker.
 */
export type Moment = (typeof MOMENTS)[number];

/** What becomes of the octets that make the moment: none of them is passed on, half, or all. */
export type Place = 'before' | 'middle' | 'after';

/** Whether the octets that make a moment come from the client or from the upstream. */
export function sideOf(moment: Moment): 'client' | 'upstream' {
  return moment === 'start' || moment === 'tune' || moment === 'running' ? 'upstream' : 'client';
}

/** `a` is `b`, or comes after it. */
export function isSinceMoment(a: Moment, b: Moment): boolean {
  return MOMENTS.indexOf(a) >= MOMENTS.indexOf(b);
}
