import { attribute, choice, integer } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { at, METHOD_MOMENTS } from './attributes.js';

/** The offset and length of each part of a method frame, in octets. A negative offset counts from the end. */
const PARTS = {
  frame_end: { offset: -1, length: 1 },
  type: { offset: 0, length: 1 },
  size: { offset: 3, length: 4 },
  class: { offset: 7, length: 2 },
  method: { offset: 9, length: 2 },
} as const;

/** Overwrites a number in a handshake frame. */
export const amqpCorrupt = handshakeFault({
  name: 'amqp_corrupt',
  description: 'Overwrites a field of the frame at which the fault acts.',
  attributes: {
    at: at('start', ...METHOD_MOMENTS),
    what: attribute(choice('frame_end', 'type', 'size', 'class', 'method'), {
      default: 'frame_end',
      description: 'The field to overwrite.',
    }),
    value: attribute(integer(0, 0xffff_ffff), { default: 0, description: 'The number to write into the field.' }),
  },
  check: ({ what, value }) => {
    const most = 2 ** (8 * PARTS[what].length) - 1;
    return value > most ? { value: `must be at most ${most} for ${what}, not ${value}` } : {};
  },
  at: ({ at }) => ({ moment: at, place: 'before', delay: 0 }),
  applies: ({ isWhole }) => isWhole,
  act:
    ({ what, value }) =>
    (actions) => {
      const octets = Buffer.from(actions.trigger.octets);
      const { offset, length } = PARTS[what];
      const from = offset < 0 ? octets.length + offset : offset;
      if (from + length <= octets.length) octets.writeUIntBE(value, from, length);
      actions.rewrite(octets);
    },
});
