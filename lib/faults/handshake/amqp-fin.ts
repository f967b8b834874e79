import { handshakeFault } from '../fault-type.js';
import { closeNotify } from '../tls/attributes.js';
import { atAny, delay, headerOctets, place, placeAt } from './attributes.js';

export const amqpFin = handshakeFault({
  name: 'amqp_fin',
  description: 'Closes the connection to the client with a FIN at a moment.',
  attributes: {
    at: atAny('start'),
    place: place(),
    octets: headerOctets(),
    delay: delay(),
    close_notify: closeNotify(),
  },
  at: ({ at, place, octets, delay }) => ({ moment: at, octets, place: placeAt(at, place), delay }),
  actBeforeTls: () => ({ type: 'end', close: 'fin', closeNotify: false }),
  act:
    ({ close_notify: isNotified }) =>
    (actions) => {
      if (isNotified) actions.endClient('fin');
      else actions.truncateClient();
    },
});
