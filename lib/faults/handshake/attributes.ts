import { attribute, milliseconds, whole, word } from '../attribute.js';
import { MOMENTS, type Moment, type Place } from '../moment.js';

/** Attributes that several handshake faults share. */

/** The moments of methods: from Start on. */
export const METHOD_MOMENTS = ['start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

export const at = <const M extends Moment>(standard: M, ...moments: readonly M[]) =>
  attribute(word(...moments), { default: standard, description: 'The moment at which the fault acts.' });

export const atAny = (standard: Moment) => at<Moment>(standard, ...MOMENTS);

export const place = () =>
  attribute(word('before', 'middle', 'after'), {
    default: null,
    defaultIs: 'before; after when at is running',
    description: 'How much of what makes the moment is passed on before the fault acts: nothing, half, or all.',
  });

/** The place, or its default for a moment. */
export function placeAt(moment: Moment, given: Place | null): Place {
  return given ?? (moment === 'running' ? 'after' : 'before');
}

export const headerOctets = () =>
  attribute(whole(0, 8, 'octets'), {
    default: 8,
    description: 'Which octet of the protocol header makes the moment, with at: header.',
  });

export const delay = () =>
  attribute(milliseconds(), { default: 0, description: 'Time from the moment until the fault acts.' });

export const proxyClose = () =>
  attribute(word('rst', 'fin'), {
    default: null,
    defaultIs: "the proxy's close",
    description: 'How the connection to the client is closed.',
  });
