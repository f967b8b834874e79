import { attribute, whole } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, NEVER, Queue, queueLink } from './queue.js';

/** Longest time that the octets of one piece take, in ms. */
const PIECE = 100;

export const bandwidth = streamFault({
  name: 'bandwidth',
  isToxiproxy: true,
  description:
    'Lets so many octets through in a second, in pieces at most 100 ms apart. With 0 nothing goes through, and what is held arrives when the fault is removed.',
  attributes: {
    rate: attribute(whole(0, Number.MAX_SAFE_INTEGER, 'KB/s'), {
      default: 0,
      description: 'Thousand octets in a second.',
    }),
  },
  open:
    (initial) =>
    ({ next, clock }) => {
      let { rate } = initial;
      // A thousand octets in a second are as many octets in a millisecond.
      const queue = new Queue(next, clock, (item, arrived, previous) => {
        if (!(item instanceof Uint8Array)) return AT_ONCE;
        if (rate <= 0) return NEVER;
        const take = Math.min(item.length, rate * PIECE);
        return { due: Math.max(arrived, previous) + take / rate, take };
      });
      return queueLink(queue, (changed: typeof initial) => {
        rate = changed.rate;
      });
    },
});
