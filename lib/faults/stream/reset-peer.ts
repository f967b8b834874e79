import type { Timer } from '../../clock.js';
import { attribute, duration } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** Unlike Toxiproxy, which waits for the first octets, it also resets silent connections and those already open. */
export const resetPeer = streamFault({
  name: 'reset_peer',
  isToxiproxy: true,
  description: 'Discards all bytes, and resets the connection on both sides after a time.',
  attributes: {
    timeout: attribute(duration(), {
      default: 0,
      description: 'Time until the reset, counted from when the fault begins to act on the connection.',
    }),
  },
  open:
    (initial) =>
    ({ next, clock }) => {
      let hasDiscarded = false;
      let timer: Timer | undefined;
      const began = clock.ticks();
      const discard = (): void => {
        hasDiscarded = true;
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
        octets() {
          discard();
          return true;
        },
        end: discard,
        update: start,
        remove() {
          stop();
          // Octets were discarded, so the connection cannot continue.
          if (hasDiscarded) reset();
        },
        dispose: stop,
      };
    },
});
