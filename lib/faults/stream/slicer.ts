import { attribute, microseconds, size } from '../attribute.js';
import { streamFault } from '../fault-type.js';
import { AT_ONCE, Queue, queueLink } from './queue.js';

/** Sizes are drawn from the sequence of the fault and the connection, so a run with the same seed cuts alike. */
export const slicer = streamFault({
  name: 'slicer',
  isToxiproxy: true,
  description: 'Cuts the bytes of each read into pieces, with a pause after each piece.',
  attributes: {
    average_size: attribute(size(), { default: 0, description: 'Average size of a piece. 0 does not cut.' }),
    size_variation: attribute(size(), {
      default: 0,
      description: 'Random variation of the size: up to this much less or more.',
    }),
    delay: attribute(microseconds(), { default: 0, description: 'Pause after each piece.' }),
  },
  open:
    (initial) =>
    ({ next, clock, random }) => {
      let attributes = initial;
      const queue = new Queue(next, clock, (item, { arrived, previous }) => {
        if (!(item instanceof Uint8Array)) return AT_ONCE;
        const due = Math.max(arrived, previous + Math.max(0, attributes.delay) / 1000);
        return { due, take: pieceOf(item.length, attributes, random) };
      });
      return queueLink(queue, (changed: typeof initial) => {
        attributes = changed;
      });
    },
});

/** Halves the chunk until the piece is small enough, as Toxiproxy does. Each cut lies within the piece. */
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
