import { attribute, choice, duration } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { atAny, headerOctets, place, placeAt } from './attributes.js';

export const amqpStall = handshakeFault({
  name: 'amqp_stall',
  description:
    'Sends the client nothing from a moment on. Bytes from the client are still read, and forwarded unless place holds them back. If the upstream closes, the client does not notice.',
  attributes: {
    at: atAny('start'),
    place: place(),
    octets: headerOctets(),
    timeout: attribute(duration(), {
      default: null,
      defaultIs: "the proxy's handshakeTimeout",
      description: 'How long the client is stalled. 0: until the fault is removed.',
    }),
    then: attribute(choice('rst', 'fin', 'resume'), { default: 'rst', description: 'What happens after that time.' }),
  },
  at: ({ at, place, octets }) => ({ moment: at, octets, place: placeAt(at, place), delay: 0 }),
  actBeforeTls: ({ timeout, then }) => ({ type: 'stall', ms: timeout, then }),
  act:
    ({ timeout, then }) =>
    (actions) =>
      actions.stall(timeout ?? actions.setting.handshakeTimeout, then),
});
