import { handshakeFault } from '../fault-type.js';
import { atAny, delay, headerOctets, place, placeAt } from './attributes.js';

export const amqpFin = handshakeFault({
  name: 'amqp_fin',
  description: 'Closes the connection to the client with a FIN at a moment.',
  attributes: { at: atAny('start'), place: place(), octets: headerOctets(), delay: delay() },
  at: ({ at, place, octets, delay }) => ({ moment: at, octets, place: placeAt(at, place), delay }),
  act: () => (actions) => actions.endClient('fin'),
});
