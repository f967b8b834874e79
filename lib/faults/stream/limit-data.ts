import { attribute, size } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** Closes with a FIN on both sides. Counting starts when the link opens and continues when the limit changes. */
export const limitData = streamFault({
  name: 'limit_data',
  isToxiproxy: true,
  description: 'Closes each connection after a number of bytes. Later bytes are discarded.',
  attributes: {
    bytes: attribute(size(), {
      default: 0,
      description: 'Bytes that pass, counted from when the fault begins to act. 0 closes at the first byte.',
    }),
  },
  open:
    (initial) =>
    ({ next }) => {
      let attributes = initial;
      let passed = 0;
      let isOver = false;
      return {
        load: NO_LOAD,
        octets(octets, since) {
          if (isOver) return true;
          const { bytes } = attributes;
          const rest = Math.max(0, bytes - passed);
          const fitting = octets.subarray(0, rest);
          passed += fitting.length;
          isOver = passed >= bytes;
          const isFree = fitting.length === 0 || next.octets(fitting, since);
          if (isOver) next.end({ close: 'fin', byFault: true });
          return isFree;
        },
        end(end) {
          if (!isOver) next.end(end);
        },
        update(changed: typeof initial) {
          // Octets that have passed still count, so the limit can be raised.
          attributes = changed;
        },
        remove() {},
        dispose() {},
      };
    },
});
