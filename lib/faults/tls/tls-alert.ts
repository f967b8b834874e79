import { alertNumber, FATAL_ALERTS } from '../../tls/alert.js';
import { attribute, choice } from '../attribute.js';
import { tlsFault } from '../fault-type.js';

export const tlsAlert = tlsFault({
  name: 'tls_alert',
  description:
    'Answers the ClientHello with a fatal TLS alert in place of the ServerHello. TCP is then closed as the dialect closes it after an alert.',
  attributes: {
    alert: attribute(choice(...FATAL_ALERTS), { default: 'handshake_failure', description: 'The alert.' }),
  },
  at: () => 'client-hello',
  act: ({ alert }) => ({ type: 'alert', number: alertNumber(alert) }),
});
