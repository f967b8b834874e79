import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** Does nothing. It is also the smallest complete stream fault, to copy from. */
export const noop = streamFault({
  name: 'noop',
  isToxiproxy: true,
  description: 'Does nothing.',
  attributes: {},
  open:
    () =>
    ({ next }) => ({
      load: NO_LOAD,
      octets: (octets, since) => next.octets(octets, since),
      end: (end) => next.end(end),
      update() {},
      remove() {},
      dispose() {},
    }),
});
