import { attribute, octets as octetCount, word } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { at } from './attributes.js';

export const amqpTruncate = handshakeFault({
  name: 'amqp_truncate',
  description: 'Passes on the first octets only of a frame of the broker.',
  attributes: {
    at: at('start', 'start', 'tune', 'running'),
    octets: attribute(octetCount(), {
      default: null,
      defaultIs: "half of the broker's frame",
      description: 'How many octets the client gets.',
    }),
    then: attribute(word('rst', 'fin', 'stall'), { default: 'rst', description: 'What comes after them.' }),
  },
  at: ({ at, octets }) => ({ moment: at, place: octets ?? 'middle', delay: 0 }),
  act:
    ({ then }) =>
    (actions) =>
      then === 'stall' ? actions.stall(0, 'resume') : actions.endClient(then),
});
