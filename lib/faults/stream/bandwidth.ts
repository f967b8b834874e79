import { attribute, integer } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, NEVER, Queue, queueLink } from './queue.js';

/** Longest time between two pieces, in ms. */
const PIECE = 100;
/** Octets that are due in less than this time, in ms, leave at once: a timer is not more exact. The rate stays exact over time. */
const EARLY = 1;

/** Octets leave at an even rate. The link holds back what exceeds it, up to the limit of the chain, and then the source waits. */
export const bandwidth = streamFault({
  name: 'bandwidth',
  isToxiproxy: true,
  description:
    'Limits throughput. Bytes pass in pieces at most 100 ms apart. With rate 0 nothing passes; bytes held back are delivered when the fault is removed.',
  attributes: {
    rate: attribute(integer(0, Number.MAX_SAFE_INTEGER, 'KB/s'), {
      default: 0,
      description: 'Thousands of bytes per second.',
    }),
  },
  open: (initial) => (context) => {
    let attributes = initial;
    // N thousand octets per second are N octets per millisecond.
    const queue = new Queue(context, (item, { arrived, previous }) => {
      if (!(item instanceof Uint8Array)) return AT_ONCE;
      const { rate } = attributes;
      if (rate <= 0) return NEVER;
      const take = Math.min(item.length, rate * PIECE);
      return { due: Math.max(arrived, previous) + take / rate, take, early: EARLY };
    });
    return queueLink(queue, (changed: typeof initial) => {
      attributes = changed;
    });
  },
});
