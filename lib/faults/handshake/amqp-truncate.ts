import { attribute, choice, size } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { at } from './attributes.js';

export const amqpTruncate = handshakeFault({
  name: 'amqp_truncate',
  description: 'Passes on only the first bytes of a frame from the broker.',
  attributes: {
    at: at('start', 'start', 'tune', 'running'),
    octets: attribute(size(), {
      default: null,
      defaultIs: 'half of the frame',
      description: 'How many bytes of the frame the client receives.',
    }),
    then: attribute(choice('rst', 'fin', 'stall'), { default: 'rst', description: 'What happens after these bytes.' }),
  },
  at: ({ at, octets }) => ({ moment: at, place: octets ?? 'middle', delay: 0 }),
  act:
    ({ then }) =>
    (actions) =>
      then === 'stall' ? actions.stall(0, 'resume') : actions.endClient(then),
});
