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
  open: (initial) => (context) => {
    const { random } = context;
    let attributes = initial;
    /** The sizes of the pieces of the current chunk that have not been planned. */
    let pieces: number[] = [];
    const queue = new Queue(context, (item, { arrived, previous }) => {
      if (!(item instanceof Uint8Array)) return AT_ONCE;
      const due = Math.max(arrived, previous + Math.max(0, attributes.delay) / 1000);
      if (pieces.length === 0) pieces = piecesOf(item.length, attributes, random);
      return { due, take: pieces.shift() as number };
    });
    return queueLink(queue, (changed: typeof initial) => {
      attributes = changed;
      pieces = [];
    });
  },
});

/** Halves the chunk, and each half again, until each piece is small enough, as Toxiproxy does. Each cut lies within its piece. */
function piecesOf(
  length: number,
  { average_size: average, size_variation }: { readonly average_size: number; readonly size_variation: number },
  random: () => number,
): number[] {
  if (average <= 0) return [length];
  const variation = Math.max(0, size_variation);
  const pieces: number[] = [];
  const uncut = [length];
  for (let piece = uncut.pop(); piece !== undefined; piece = uncut.pop()) {
    if (piece - average <= variation) {
      pieces.push(piece);
      continue;
    }
    const at = Math.floor(piece / 2) + Math.floor(random() * 2 * variation) - variation;
    const cut = Math.min(Math.max(at, 1), piece - 1);
    uncut.push(piece - cut, cut);
  }
  return pieces;
}
