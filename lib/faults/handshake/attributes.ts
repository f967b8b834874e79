import { attribute, choice, duration, integer } from '../attribute.js';
import { MOMENTS, type Moment, type Place } from '../moment.js';

/** Attributes that several handshake faults share. */

/** The moments of methods: from Start on. */
export const METHOD_MOMENTS = ['start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

export const at = <const M extends Moment>(standard: M, ...moments: readonly M[]) =>
  attribute(choice(...moments), { default: standard, description: 'The moment at which the fault acts.' });

export const atAny = (standard: Moment) => at<Moment>(standard, ...MOMENTS);

export const place = () =>
  attribute(choice('before', 'middle', 'after'), {
    default: null,
    defaultIs: 'before; after if at is running',
    description:
      'How much of the header or method that triggers the fault is passed on before it acts: none, half or all of it.',
  });

/** The place, or its default for a moment. */
export function placeAt(moment: Moment, given: Place | null): Place {
  return given ?? (moment === 'running' ? 'after' : 'before');
}

export const headerOctets = () =>
  attribute(integer(0, 8, 'octets'), {
    default: 8,
    description: 'With at: header, the number of the protocol header octet at which the fault acts.',
  });

export const delay = () =>
  attribute(duration(), { default: 0, description: 'Time from the moment until the fault acts.' });

export const proxyClose = () =>
  attribute(choice('rst', 'fin'), {
    default: null,
    defaultIs: "the proxy's close",
    description: 'How the connection to the client is closed.',
  });
