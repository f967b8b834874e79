import type { Timer } from '../../clock.js';
import { attribute, choice, duration, size } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { NO_LOAD } from './link.js';

/** Unlike `limit_data`, it can reset, can be due at a time, and leaves nothing undelivered, not even before a reset. */
export const cut = streamFault({
  name: 'cut',
  description:
    'Changes nothing until a time or a number of bytes is reached, whichever is first, and then closes the connection on both sides. Each side first receives what was passed on to it before, also if it is reset, unless that takes longer than 10 s.',
  attributes: {
    delay: attribute(duration(), {
      default: null,
      defaultIs: 'required without `bytes`',
      description: 'Time after the accept at which the connection is closed. An older connection is closed at once.',
    }),
    bytes: attribute(size(), {
      default: null,
      defaultIs: 'required without `delay`',
      description: 'Bytes of its direction that pass, counted from when the fault begins to act.',
    }),
    close: attribute(choice('rst', 'fin'), { default: 'rst', description: 'How both sides are closed.' }),
  },
  check({ delay, bytes }): { readonly [name: string]: string } {
    return delay === null && bytes === null ? { delay: 'must be given if bytes is not' } : {};
  },
  open:
    (initial) =>
    ({ next, clock, connection }) => {
      let attributes = initial;
      let passed = 0;
      let isOver = false;
      let timer: Timer | undefined;
      const stop = (): void => {
        if (timer !== undefined) clock.stop(timer);
        timer = undefined;
      };
      const end = (): void => {
        stop();
        isOver = true;
        next.end({ close: attributes.close, byFault: true, afterDelivery: true });
      };
      const isFull = (): boolean => attributes.bytes !== null && passed >= attributes.bytes;
      const start = (): void => {
        stop();
        if (isOver) return;
        const { delay } = attributes;
        const due = isFull() ? 0 : delay === null ? null : connection.acceptedAt + delay - clock.ticks();
        if (due !== null) timer = clock.start(end, Math.max(0, due));
      };
      start();
      return {
        load: NO_LOAD,
        octets(octets, since) {
          if (isOver) return true;
          const { bytes } = attributes;
          const fitting = bytes === null ? octets : octets.subarray(0, Math.max(0, bytes - passed));
          passed += fitting.length;
          const isFree = fitting.length === 0 || next.octets(fitting, since);
          if (isFull()) end();
          return isFree;
        },
        end(how) {
          if (!isOver) next.end(how);
        },
        update(changed: typeof initial) {
          // Octets that have passed still count.
          attributes = changed;
          start();
        },
        remove: stop,
        dispose: stop,
      };
    },
});
