import { attribute, duration } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, Queue, queueLink } from './queue.js';

/**
 * The delay is measured from the arrival at the proxy, so it does not limit throughput, and time that octets spend in a
 * `bandwidth` or `slicer` before it counts. The delays of several latencies add up. The end of the direction follows the
 * octets without a further delay.
 *
 * @see Toxiproxy's toxics/latency.go, the timestamp of a chunk
 */
export const latency = streamFault({
  name: 'latency',
  isToxiproxy: true,
  description: 'Delays all bytes and keeps their order. Connecting is not delayed.',
  attributes: {
    latency: attribute(duration(), { default: 0, description: 'The delay.' }),
    jitter: attribute(duration(), {
      default: 0,
      description: 'Random variation of the delay: up to this much less or more, evenly distributed.',
    }),
  },
  open: (initial) => (context) => {
    const { random } = context;
    let attributes = initial;
    const delay = (): number => {
      const jitter = Math.max(0, attributes.jitter);
      return attributes.latency + Math.floor(random() * 2 * jitter) - jitter;
    };
    const queue = new Queue(context, (item, { since }) => {
      if (!(item instanceof Uint8Array)) return AT_ONCE;
      const due = since + delay();
      return { due, since: due };
    });
    return queueLink(queue, (changed: typeof initial) => {
      attributes = changed;
    });
  },
});
