import type { Timer } from '../../clock.js';
import { attribute, milliseconds } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** Toxiproxy waits for the first octets; here a silent connection is reset too, and one that was open already. */
export const resetPeer = streamFault({
  name: 'reset_peer',
  isToxiproxy: true,
  description: 'Resets the connection on both sides after a time, and throws away what comes until then.',
  attributes: {
    timeout: attribute(milliseconds(), {
      default: 0,
      description: 'Time until the reset, counted from when the fault begins to act on the connection.',
    }),
  },
  open:
    (initial) =>
    ({ next, clock }) => {
      let swallowed = false;
      let timer: Timer | undefined;
      const began = clock.ticks();
      const swallow = (): void => {
        swallowed = true;
      };
      const stop = (): void => {
        if (timer !== undefined) clock.stop(timer);
        timer = undefined;
      };
      const reset = (): void => {
        timer = undefined;
        next.end({ close: 'rst', byFault: true });
      };
      const start = ({ timeout }: typeof initial): void => {
        stop();
        timer = clock.start(reset, Math.max(0, began + timeout - clock.ticks()));
      };
      start(initial);
      return {
        load: NO_LOAD,
        octets: swallow,
        end: swallow,
        update: start,
        remove() {
          stop();
          // What was swallowed is missing: the connection cannot go on.
          if (swallowed) reset();
        },
        dispose: stop,
      };
    },
});
