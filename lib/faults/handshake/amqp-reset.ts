import { handshakeFault } from '../fault-type.js';
import { atAny, delay, headerOctets, place, placeAt } from './attributes.js';

export const amqpReset = handshakeFault({
  name: 'amqp_reset',
  description: 'Resets the connection to the client (RST) at a moment.',
  attributes: { at: atAny('start'), place: place(), octets: headerOctets(), delay: delay() },
  at: ({ at, place, octets, delay }) => ({ moment: at, octets, place: placeAt(at, place), delay }),
  actBeforeTls: () => ({ type: 'end', close: 'rst', closeNotify: false }),
  act: () => (actions) => actions.endClient('rst'),
});
