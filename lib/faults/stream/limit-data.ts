import { attribute, octets as octetCount } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

export const limitData = streamFault({
  name: 'limit_data',
  isToxiproxy: true,
  description: 'Passes so many octets on each connection and then closes it. What comes after them is thrown away.',
  attributes: {
    bytes: attribute(octetCount(), {
      default: 0,
      description: 'Octets that pass, counted from when the fault begins to act. 0 closes at the first octet.',
    }),
  },
  open:
    (initial) =>
    ({ next }) => {
      let { bytes } = initial;
      let passed = 0;
      let isOver = false;
      return {
        load: NO_LOAD,
        octets(octets) {
          if (isOver) return;
          const rest = Math.max(0, bytes - passed);
          const fitting = octets.subarray(0, rest);
          passed += fitting.length;
          isOver = passed >= bytes;
          if (fitting.length > 0) next.octets(fitting);
          if (isOver) next.end({ close: 'fin', byFault: true });
        },
        end(end) {
          if (!isOver) next.end(end);
        },
        update(changed: typeof initial) {
          // What has passed stays counted: the limit can be raised.
          bytes = changed.bytes;
        },
        remove() {},
        dispose() {},
      };
    },
});
