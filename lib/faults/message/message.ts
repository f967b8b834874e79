import { encodeFrame, FRAME_HEADER_LENGTH, FRAME_TYPE } from '../../amqp/frame.js';
import { METHOD_IDS } from '../../amqp/method-ids.js';
import { OctetReader } from '../../amqp/octet-reader.js';
import { OctetWriter } from '../../amqp/octet-writer.js';

/** The offset of the arguments in a method frame: they follow the class and method ids. */
export const ARGUMENTS = FRAME_HEADER_LENGTH + 4;

/** The octets that a side of a connection is to be sent without others of the channel in between. */
export type Sending = {
  readonly channel: number;
  readonly octets: Uint8Array[];
  readonly tail: Tail | null;
  readonly cut: Cut | null;
  isSent: boolean;
};

/** Ends what a side is sent in the middle of a message. */
export type Cut = {
  /** How many octets of the message are sent. */
  readonly at: number;
  /** Called when they have been sent. */
  readonly then: () => void;
  /** Whether the message is to be sent as a whole after all. */
  isUndone: boolean;
};

/** The rest of a content that is too large to be held. It follows its message in pieces. */
export type Tail = {
  readonly channel: number;
  /** Whether all of it has arrived. */
  isOver: boolean;
  /** The message that it follows, once that is to be sent; until then, and if it never is, the pieces are discarded. */
  sending: Sending | null;
};

/** A method of a channel, with its content. */
export type Message = {
  readonly channel: number;
  /** Such as `basic.publish`; empty if it is unknown. */
  readonly name: string;
  /** The method frame. */
  readonly frame: Uint8Array;
  /** The frames of its content header and body; only the first of them if there is a tail. Empty if it has no content. */
  readonly content: readonly Uint8Array[];
  readonly tail: Tail | null;
  readonly cut?: Cut;
};

const keyOf = (classId: number, methodId: number): number => classId * 0x10000 + methodId;

const NAMES: ReadonlyMap<number, string> = new Map([...METHOD_IDS].map(([name, ids]) => [keyOf(...ids), name]));

/** The name of the method in a frame; empty if it is unknown. */
export function nameIn(frame: Uint8Array): string {
  if (frame.length <= ARGUMENTS) return '';
  const reader = new OctetReader(frame, FRAME_HEADER_LENGTH);
  return NAMES.get(keyOf(reader.short(), reader.short())) ?? '';
}

/** A reader of the arguments of a method. */
export function argumentsOf({ frame }: Pick<Message, 'frame'>): OctetReader {
  return new OctetReader(frame, Math.min(ARGUMENTS, frame.length - 1), frame.length - 1);
}

/** Makes a message. @param name a key of METHOD_IDS @param write writes the arguments */
export function message(
  channel: number,
  name: string,
  write: (writer: OctetWriter) => void = () => {},
  content: readonly Uint8Array[] = [],
): Message {
  const writer = new OctetWriter();
  for (const id of METHOD_IDS.get(name) ?? []) writer.short(id);
  write(writer);
  return { channel, name, frame: encodeFrame(FRAME_TYPE.method, channel, writer.octets()), content, tail: null };
}

/** How many octets a message has, without its tail. */
export function sizeOf({ frame, content }: Message): number {
  return content.reduce((sum, { length }) => sum + length, frame.length);
}
