import { attribute, milliseconds } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, Queue, queueLink } from './queue.js';

/**
 * Measured from arrival, so that it does not limit throughput, and several add up. The end follows the octets without a
 * delay of its own.
 */
export const latency = streamFault({
  name: 'latency',
  isToxiproxy: true,
  description: 'Holds all octets back for a time. Their order is kept; the connect is not delayed.',
  attributes: {
    latency: attribute(milliseconds(), { default: 0, description: 'How long octets are held back.' }),
    jitter: attribute(milliseconds(), { default: 0, description: 'At most so much less or more, drawn evenly.' }),
  },
  open:
    (initial) =>
    ({ next, clock, random }) => {
      let attributes = initial;
      const delay = (): number => {
        const jitter = Math.max(0, attributes.jitter);
        return attributes.latency + Math.floor(random() * 2 * jitter) - jitter;
      };
      const queue = new Queue(next, clock, (item, arrived) =>
        item instanceof Uint8Array ? { due: arrived + delay() } : AT_ONCE,
      );
      return queueLink(queue, (changed: typeof initial) => {
        attributes = changed;
      });
    },
});
