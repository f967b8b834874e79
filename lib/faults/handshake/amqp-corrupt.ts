import { attribute, choice, unsigned64 } from '../attribute.js';
import { type AttributesOf, handshakeFault } from '../fault-type.js';
import { corrupting } from '../message/corrupting.js';
import { MESSAGE_CONDITIONS, type When } from '../when.js';
import { at, METHOD_MOMENTS } from './attributes.js';

/** Parts of a method frame, in octets. A negative offset counts from the end. */
const PARTS_OF_METHOD = {
  frame_end: { offset: -1, length: 1 },
  type: { offset: 0, length: 1 },
  channel: { offset: 1, length: 2 },
  size: { offset: 3, length: 4 },
  class: { offset: 7, length: 2 },
  method: { offset: 9, length: 2 },
} as const;

/** Parts of a content header frame. A tail is inserted before the frame end. */
const PARTS_OF_HEADER = {
  header_class: { offset: 7, length: 2 },
  body_size: { offset: 11, length: 8 },
  header_tail: { offset: null, length: 4 },
} as const;

const PARTS = { ...PARTS_OF_METHOD, ...PARTS_OF_HEADER } as const;

const attributes = {
  at: at('start', ...METHOD_MOMENTS),
  what: attribute(
    choice('frame_end', 'type', 'channel', 'size', 'class', 'method', 'header_class', 'body_size', 'header_tail'),
    {
      default: 'frame_end',
      description:
        'The field to overwrite. The last three are those of a content header, at running: its class, the size of the body, and 4 bytes after its properties, which are inserted.',
    },
  ),
  value: attribute(unsigned64(), {
    default: 0,
    description: 'The number to write into the field. Above 2^53 - 1 it is text, such as "9223372036854775808".',
  }),
};

const isOfHeader = (what: string): boolean => Object.hasOwn(PARTS_OF_HEADER, what);

/** Whether it acts on a message and not on the frame that makes the moment. */
const isOfMessage = (what: string, when: When): boolean =>
  isOfHeader(what) || MESSAGE_CONDITIONS.some((name) => when[name] !== undefined);

/** Overwrites a number in a frame of the handshake or of a message. */
export const amqpCorrupt = handshakeFault({
  name: 'amqp_corrupt',
  description:
    'Overwrites a field of the frame at which the fault acts. At running, that is Open-Ok; with a condition for messages, or a field of a content header, it is the next message of the connection: one from the broker, unless the condition method names one that the client sends.',
  attributes,
  conditions: MESSAGE_CONDITIONS,
  check: ({ at, what, value }) => {
    const most = 2n ** BigInt(8 * PARTS[what].length) - 1n;
    if (at !== 'running' && isOfHeader(what)) return { at: `must be running for ${what}, not ${at}` };
    return BigInt(value) > most ? { value: `must be at most ${most} for ${what}, not ${value}` } : {};
  },
  at: ({ at }) => ({ moment: at, place: 'before', delay: 0 }),
  applies: ({ isWhole, attributes: { what }, when }) => isWhole || isOfMessage(what, when),
  act: (given) => (actions) => {
    const { what } = given;
    const selection = actions.selection({ count: 1, share: 1 });
    if (isOfHeader(what) || selection.hasConditions)
      return actions.messages(
        corrupting(selection, isOfHeader(what) ? 'header' : 'method', (frame) => corrupted(frame, given)),
      );
    return actions.rewrite(corrupted(actions.trigger.octets, given));
  },
});

function corrupted(frame: Uint8Array, { what, value }: AttributesOf<typeof attributes>): Uint8Array {
  const { offset, length } = PARTS[what];
  const end = frame.length - 1;
  const octets =
    offset === null
      ? Buffer.concat([frame.subarray(0, end), Buffer.alloc(length), frame.subarray(end)])
      : Buffer.from(frame);
  const from = offset === null ? end : offset < 0 ? octets.length + offset : offset;
  if (offset === null) octets.writeUInt32BE(octets.readUInt32BE(3) + length, 3);
  if (from + length > octets.length) return octets;
  if (length === 8) octets.writeBigUInt64BE(BigInt(value), from);
  else octets.writeUIntBE(Number(value), from, length);
  return octets;
}
