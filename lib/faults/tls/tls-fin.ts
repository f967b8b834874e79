import { tlsFault } from '../fault-type.js';
import { closeNotify, tlsMoment } from './attributes.js';

export const tlsFin = tlsFault({
  name: 'tls_fin',
  description: 'Closes the connection to the client with a FIN at a moment of the TLS handshake.',
  attributes: { at: tlsMoment(), close_notify: closeNotify() },
  at: ({ at }) => at,
  act: ({ close_notify: closeNotify }) => ({ type: 'end', close: 'fin', closeNotify }),
});
