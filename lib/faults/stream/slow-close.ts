import { attribute, duration } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { Queue } from './queue.js';

/** Only the end of the direction waits in the queue; octets bypass it. As in Toxiproxy, a change of the delay restarts it. */
export const slowClose = streamFault({
  name: 'slow_close',
  isToxiproxy: true,
  description:
    'Passes bytes on at once but delays the close of its direction. With stream upstream, a late answer still gets through.',
  attributes: {
    delay: attribute(duration(), {
      default: 0,
      description: 'How long the close is delayed. A change restarts the delay.',
    }),
  },
  open: (initial) => (context) => {
    const { next, clock } = context;
    let attributes = initial;
    let changedAt = Number.NEGATIVE_INFINITY;
    const ends = new Queue(context, (_, { arrived }) => ({ due: Math.max(arrived, changedAt) + attributes.delay }));
    return {
      load: ends.load,
      octets: (octets, since) => next.octets(octets, since),
      end: (end) => ends.end(end),
      update(changed: typeof initial) {
        attributes = changed;
        changedAt = clock.ticks();
        ends.rethink();
      },
      remove: () => ends.flush(),
      dispose: () => ends.clear(),
    };
  },
});
