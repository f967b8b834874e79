import { attribute, milliseconds } from '../attribute.js';
import { acceptFault } from '../fault-type.js';

export const connectRefuse = acceptFault({
  name: 'connect_refuse',
  acts: 'listener',
  description: 'Nobody listens: connects are refused by the kernel. Open connections stay.',
  attributes: {},
});

export const connectHang = acceptFault({
  name: 'connect_hang',
  acts: 'listener',
  description: 'Connects hang in a full backlog (Linux only). Open connections stay.',
  attributes: {},
});

export const connectDelay = acceptFault({
  name: 'connect_delay',
  acts: 'accept',
  description: 'The kernel accepts at once; the proxy looks later.',
  attributes: {
    delay: attribute(milliseconds(), { default: 0, description: 'How much later.' }),
  },
});
