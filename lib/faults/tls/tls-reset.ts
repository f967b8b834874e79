import { tlsFault } from '../fault-type.js';
import { tlsMoment } from './attributes.js';

export const tlsReset = tlsFault({
  name: 'tls_reset',
  description: 'Resets the connection to the client (RST) at a moment of the TLS handshake.',
  attributes: { at: tlsMoment() },
  at: ({ at }) => at,
  act: () => ({ type: 'end', close: 'rst', closeNotify: false }),
});
