import { attribute, octets as octetCount, word } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { at } from './attributes.js';

export const amqpTruncate = handshakeFault({
  name: 'amqp_truncate',
  description: 'Passes on only the first octets of a frame from the broker.',
  attributes: {
    at: at('start', 'start', 'tune', 'running'),
    octets: attribute(octetCount(), {
      default: null,
      defaultIs: "half of the broker's frame",
      description: 'How many octets the client receives.',
    }),
    then: attribute(word('rst', 'fin', 'stall'), { default: 'rst', description: 'What to do after them.' }),
  },
  at: ({ at, octets }) => ({ moment: at, place: octets ?? 'middle', delay: 0 }),
  act:
    ({ then }) =>
    (actions) =>
      then === 'stall' ? actions.stall(0, 'resume') : actions.endClient(then),
});
