import { attribute, milliseconds, word } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { atAny, headerOctets, place, placeAt } from './attributes.js';

export const amqpStall = handshakeFault({
  name: 'amqp_stall',
  description:
    'Stops sending to the client at a moment. What the client sends is still read and forwarded, except for what makes the moment and is held; if the upstream closes, the client does not notice.',
  attributes: {
    at: atAny('start'),
    place: place(),
    octets: headerOctets(),
    timeout: attribute(milliseconds(), {
      default: null,
      defaultIs: "the proxy's handshakeTimeout",
      description: 'How long to stall. 0: until the fault is removed.',
    }),
    then: attribute(word('rst', 'fin', 'resume'), { default: 'rst', description: 'What to do after that time.' }),
  },
  at: ({ at, place, octets }) => ({ moment: at, octets, place: placeAt(at, place), delay: 0 }),
  act:
    ({ timeout, then }) =>
    (actions) =>
      actions.stall(timeout ?? actions.setting.handshakeTimeout, then),
});
