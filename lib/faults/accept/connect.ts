import { attribute, duration } from '../attribute.js';
import { acceptFault, listenerFault } from '../fault-type.js';

export const connectRefuse = listenerFault({
  name: 'connect_refuse',
  description: 'Closes the listening socket, so that the kernel refuses new connects. Open connections stay open.',
  attributes: {},
  connects: 'refuse',
});

export const connectHang = listenerFault({
  name: 'connect_hang',
  description: 'Fills the listen backlog, so that new connects hang (Linux only). Open connections stay open.',
  attributes: {},
  connects: 'hang',
});

export const connectDelay = acceptFault({
  name: 'connect_delay',
  description:
    'Waits before reading from a new connection. The kernel still accepts it at once. Without the fault, waiting connections continue.',
  attributes: {
    delay: attribute(duration(), { default: 0, description: 'How long to wait.' }),
  },
  delay: ({ delay }) => delay,
});
