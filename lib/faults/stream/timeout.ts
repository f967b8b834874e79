import type { Timer } from '../../clock.js';
import { attribute, duration } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/**
 * When its direction ends, both sides are closed at once, whatever the timeout, as in Toxiproxy (`toxics/timeout.go`). Unlike
 * there, a reset is passed on as a reset.
 */
export const timeout = streamFault({
  name: 'timeout',
  isToxiproxy: true,
  description:
    'Discards all bytes, and closes the connection when none have arrived for a time, or when its direction ends. Removing the fault closes the connections on which it acted, because bytes are missing from them.',
  attributes: {
    timeout: attribute(duration(), {
      default: 0,
      description:
        'Time until the close, restarted whenever bytes are discarded. With 0 only the end of the direction closes.',
    }),
  },
  open:
    (initial) =>
    ({ next, clock }) => {
      let attributes = initial;
      let timer: Timer | undefined;
      let hasEnded = false;
      const stop = (): void => {
        if (timer !== undefined) clock.stop(timer);
        timer = undefined;
      };
      const close = (): void => {
        timer = undefined;
        next.end({ close: 'fin', byFault: true });
      };
      const restart = (): void => {
        stop();
        const { timeout } = attributes;
        if (timeout > 0 && !hasEnded) timer = clock.start(close, timeout);
      };
      restart();
      return {
        load: NO_LOAD,
        octets() {
          restart();
          return true;
        },
        end(end) {
          hasEnded = true;
          stop();
          next.end(end.close === 'fin' ? { ...end, isWhole: true } : end);
        },
        update(changed: typeof initial) {
          attributes = changed;
          restart();
        },
        remove() {
          stop();
          if (!hasEnded) close();
        },
        dispose: stop,
      };
    },
});
