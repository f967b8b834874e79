import { encodeMethodFrame } from '../../amqp/connection-methods.js';
import { attribute, duration, text } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { delay } from './attributes.js';

/** Sends Connection.Blocked and Connection.Unblocked, as a broker does when it raises and clears a resource alarm. */
export const amqpBlocked = handshakeFault({
  name: 'amqp_blocked',
  description: 'Sends Connection.Blocked, and later Unblocked, to clients that announced support for it.',
  attributes: {
    reason: attribute(text(255), { default: 'low on memory', description: 'The reason sent to the client.' }),
    delay: delay(),
    duration: attribute(duration(), {
      default: 0,
      description: 'Time until Unblocked. 0: until the fault is removed.',
    }),
  },
  at: ({ delay }) => ({ moment: 'running', place: 'after', delay }),
  applies: ({ negotiated }) => negotiated.acceptsBlocked,
  act:
    ({ reason, duration }) =>
    (actions) => {
      let isBlocked = true;
      const unblock = (): void => {
        if (isBlocked) actions.insert(encodeMethodFrame({ name: 'connection.unblocked' }));
        isBlocked = false;
      };
      actions.insert(encodeMethodFrame({ name: 'connection.blocked', reason }));
      const cancel = duration > 0 ? actions.after(duration, unblock) : undefined;
      return () => {
        cancel?.();
        unblock();
      };
    },
});
