import type { Timer } from '../../clock.js';
import { attribute, milliseconds } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** The end of the direction is swallowed like its octets: the other side hears nothing until the time is over. */
export const timeout = streamFault({
  name: 'timeout',
  isToxiproxy: true,
  description:
    'Throws all octets away, and closes the connection after a time in which none came. Removing it closes the connections that it held, since octets are missing from them.',
  attributes: {
    timeout: attribute(milliseconds(), {
      default: 0,
      description: 'Time until the close, counted anew with whatever it swallows. 0 never closes.',
    }),
  },
  open:
    (initial) =>
    ({ next, clock }) => {
      let limit = initial.timeout;
      let timer: Timer | undefined;
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
        if (limit > 0) timer = clock.start(close, limit);
      };
      restart();
      return {
        load: NO_LOAD,
        octets: restart,
        end() {},
        update(changed: typeof initial) {
          limit = changed.timeout;
          restart();
        },
        remove() {
          stop();
          close();
        },
        dispose: stop,
      };
    },
});
