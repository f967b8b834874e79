import { attribute, choice, duration } from '../attribute.js';
import { tlsFault } from '../fault-type.js';
import { tlsMoment } from './attributes.js';

export const tlsStall = tlsFault({
  name: 'tls_stall',
  description:
    'Sends the client nothing from a moment of the TLS handshake on. Without the fault, the handshake continues. A client that leaves meanwhile is closed.',
  attributes: {
    at: tlsMoment(),
    timeout: attribute(duration(), {
      default: null,
      defaultIs: "the proxy's handshakeTimeout",
      description: 'How long the client is stalled. 0: until the fault is removed.',
    }),
    then: attribute(choice('rst', 'fin', 'resume'), { default: 'rst', description: 'What happens after that time.' }),
  },
  at: ({ at }) => at,
  act: ({ timeout, then }) => ({ type: 'stall', ms: timeout, then }),
});
