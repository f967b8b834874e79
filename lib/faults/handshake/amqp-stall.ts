import { attribute, milliseconds, word } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { atAny, headerOctets, place, placeAt } from './attributes.js';

export const amqpStall = handshakeFault({
  name: 'amqp_stall',
  description:
    'The client hears nothing from a moment on. What it sends is still read, and forwarded unless it is what is held back; the upstream may end without the client noticing.',
  attributes: {
    at: atAny('start'),
    place: place(),
    octets: headerOctets(),
    timeout: attribute(milliseconds(), {
      default: null,
      defaultIs: "the proxy's handshakeTimeout",
      description: 'How long. 0 is for as long as the fault is there.',
    }),
    then: attribute(word('rst', 'fin', 'resume'), { default: 'rst', description: 'What comes after that time.' }),
  },
  at: ({ at, place, octets }) => ({ moment: at, octets, place: placeAt(at, place), delay: 0 }),
  act:
    ({ timeout, then }) =>
    (actions) =>
      actions.stall(timeout ?? actions.setting.handshakeTimeout, then),
});
