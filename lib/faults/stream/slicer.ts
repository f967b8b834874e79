import { attribute, microseconds, octets as octetCount } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, Queue, queueLink } from './queue.js';

export const slicer = streamFault({
  name: 'slicer',
  isToxiproxy: true,
  description: 'Cuts what comes in one read into pieces, with a pause after each.',
  attributes: {
    average_size: attribute(octetCount(), { default: 0, description: 'Size of a piece. 0 passes what comes whole.' }),
    size_variation: attribute(octetCount(), { default: 0, description: 'At most so much less or more.' }),
    delay: attribute(microseconds(), { default: 0, description: 'Pause after each piece.' }),
  },
  open:
    (initial) =>
    ({ next, clock, random }) => {
      let attributes = initial;
      const queue = new Queue(next, clock, (item, arrived, previous) => {
        if (!(item instanceof Uint8Array)) return AT_ONCE;
        const due = Math.max(arrived, previous + Math.max(0, attributes.delay) / 1000);
        return { due, take: pieceOf(item.length, attributes, random) };
      });
      return queueLink(queue, (changed: typeof initial) => {
        attributes = changed;
      });
    },
});

/** Halves, as Toxiproxy does, until the piece is small enough; each cut stays inside of the piece. */
function pieceOf(
  length: number,
  { average_size: average, size_variation }: { readonly average_size: number; readonly size_variation: number },
  random: () => number,
): number {
  if (average <= 0) return length;
  const variation = Math.max(0, size_variation);
  let piece = length;
  while (piece - average > variation) {
    const cut = Math.floor(piece / 2) + Math.floor(random() * 2 * variation) - variation;
    piece = Math.min(Math.max(cut, 1), piece - 1);
  }
  return piece;
}
