import type { Close } from '../../close.js';
import { attribute, choice } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import type { Side } from '../handshake/fault-actions.js';
import { NEVER, Queue } from './queue.js';

/**
 * A pulled cable, as far as a proxy can pull one. A link takes only what was read before it noticed that it is full: its chain
 * then stops reading, so that the windows of TCP fill.
 */
export const blackhole = streamFault({
  name: 'blackhole',
  description:
    'Stops reading on both sides, as if a cable had been pulled: TCP windows fill, and neither side receives a byte, a FIN or a reset. New connects hang (Linux only), unless a condition, `toxicity` or `times` selects connections: then they are accepted as usual. The kernel still acknowledges what fits into its buffers, and answers TCP keepalives: only heartbeats and timeouts of the application notice.',
  attributes: {
    then: attribute(choice('resume', 'rst'), {
      default: 'resume',
      description:
        'What happens without the fault: everything that was sent arrives, or both sides of each connection are reset.',
    }),
  },
  isOfBothDirections: true,
  hangsConnects: true,
  open: (initial) => {
    const ended = new Map<Side, Close>();
    return (context) => {
      const { next, from, connection } = context;
      const queue = new Queue(context, () => NEVER);
      let attributes = initial;
      connection.keepOpen(true);
      return {
        // Full from the start, so that no more is read than has been.
        load: {
          get octets() {
            return queue.load.octets;
          },
          chunks: Number.POSITIVE_INFINITY,
        },
        octets(octets, since) {
          queue.octets(octets, since);
          return true;
        },
        end(end) {
          queue.end(end);
          ended.set(from, end.close);
          const isOver = ended.size === 2 || !connection.hasUpstream();
          // There is nobody left who could receive anything.
          if (isOver && [...ended.values()].includes('rst')) next.end({ close: 'rst', byFault: true });
        },
        update(changed: typeof initial) {
          attributes = changed;
        },
        remove() {
          connection.keepOpen(false);
          if (attributes.then === 'rst') next.end({ close: 'rst', byFault: true });
          else queue.flush();
        },
        drop: () => queue.drop(),
        dispose: () => queue.clear(),
      };
    };
  },
});
