import { encodeMethodFrame } from '../../amqp/connection-methods.js';
import { attribute, milliseconds, text } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { delay } from './attributes.js';
import type { Negotiated } from './fault-actions.js';

/** Sends Connection.Blocked and Connection.Unblocked, as a broker does when it raises and clears a resource alarm. */
export const amqpBlocked = handshakeFault({
  name: 'amqp_blocked',
  description:
    'Sends Connection.Blocked, and later Connection.Unblocked, to clients that announced the connection.blocked capability.',
  attributes: {
    reason: attribute(text(255), { default: 'low on memory', description: 'The reason in Connection.Blocked.' }),
    delay: delay(),
    duration: attribute(milliseconds(), {
      default: 0,
      description: 'Time until Connection.Unblocked. 0: when the fault is removed.',
    }),
  },
  at: ({ delay }) => ({ moment: 'running', place: 'after', delay }),
  applies: ({ negotiated }) => understands(negotiated),
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

function understands({ clientProperties }: Negotiated): boolean {
  const capabilities = clientProperties?.get('capabilities');
  return capabilities?.type === 'F' && capabilities.value.get('connection.blocked')?.value === true;
}
