import { attribute, choice, size } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { truncating } from '../message/truncating.js';
import { MESSAGE_CONDITIONS } from '../when.js';
import { at } from './attributes.js';

/** Cuts a frame, or the body of a message, short. */
export const amqpTruncate = handshakeFault({
  name: 'amqp_truncate',
  description:
    'Passes on only the first bytes of a frame from the broker, or of the body of a message. At running, the frame is Open-Ok; with a condition for messages, it is the next method that matches.',
  attributes: {
    at: at('start', 'start', 'tune', 'running'),
    what: attribute(choice('frame', 'body'), {
      default: 'frame',
      description: 'What is cut short. The body is that of the next message that the broker sends at running.',
    }),
    octets: attribute(size(), {
      default: null,
      defaultIs: 'half of it',
      description: 'How many bytes of the frame or body the client receives.',
    }),
    then: attribute(choice('rst', 'fin', 'stall'), { default: 'rst', description: 'What happens after these bytes.' }),
  },
  conditions: MESSAGE_CONDITIONS,
  check: ({ at, what }) => (what === 'body' && at !== 'running' ? { at: `must be running for body, not ${at}` } : {}),
  at: ({ at, what, octets }) => ({ moment: at, place: what === 'body' ? 'after' : (octets ?? 'middle'), delay: 0 }),
  act:
    ({ what, octets, then }) =>
    (actions) => {
      const selection = actions.selection({ count: 1, share: 1 });
      if (what === 'body' || selection.hasConditions)
        return actions.messages(
          truncating(selection, what, octets, () => {
            if (then === 'stall') return actions.stall(0, 'resume');
            actions.endClient(then);
            return () => {};
          }),
        );
      return then === 'stall' ? actions.stall(0, 'resume') : actions.endClient(then);
    },
});
