import { attribute, choice, integer } from '../attribute.js';
import { acceptFault } from '../fault-type.js';

/** Far more than a proxy accepts. */
const MOST = 1_000_000;

export const connectLimit = acceptFault({
  name: 'connect_limit',
  description:
    'Limits how many new connections are served in a second, as a broker does that is overrun after a restart. `times` counts the connections that exceed the limit.',
  attributes: {
    rate: attribute(integer(1, MOST, 'connections per second'), {
      default: 10,
      description: 'How many new connections are served in a second.',
    }),
    burst: attribute(integer(1, MOST, 'connections'), {
      default: null,
      defaultIs: 'the same as `rate`',
      description: 'How many are served at once after a pause: the size of the token bucket.',
    }),
    then: attribute(choice('rst', 'hang'), {
      default: 'rst',
      description:
        'What happens to the others: they are accepted and reset, or wait unread, in order, until it is their turn. For a client, that is the same as waiting in the listen backlog.',
    }),
  },
  limit: ({ rate, burst, then }) => ({ rate, burst: burst ?? rate, then }),
});
