import { attribute, duration, fraction, integer } from '../attribute.js';

/** Attributes that several message faults share. */

/** How many messages of a connection a fault acts on. */
export const amount = () => ({
  count: attribute(integer(1, 0xffff_ffff), {
    default: null,
    defaultIs: 'no limit',
    description: 'On how many messages of a connection the fault acts.',
  }),
  share: attribute(fraction(), {
    default: 1,
    description: 'The probability that the fault acts on a message, from 0 to 1. The seed decides.',
  }),
});

/** Held back together: what is reordered or collapsed. */
export const batch = (what: string, hows: string) => ({
  batch: attribute(integer(2, 1000), {
    default: 10,
    description: `With how: ${hows}, how many ${what} are held back together.`,
  }),
  within: attribute(duration(), {
    default: 100,
    description: `With how: ${hows}, the time after which fewer ${what} are passed on as well.`,
  }),
});
