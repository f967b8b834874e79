import { FRAME_HEADER_LENGTH, FRAME_TYPE, isFrameType } from '../../amqp/frame.js';
import { FrameCutter } from '../../amqp/frame-cutter.js';
import { OctetReader } from '../../amqp/octet-reader.js';
import { type Message, nameIn, type Tail } from './message.js';

/** The octets of incomplete contents that are held, in all channels. A larger content follows its method in pieces. */
export const MOST_HELD = 2 * 1024 ** 2;

/** The methods that a content follows. */
const WITH_CONTENT = ['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok'];

/** The offset of the body size in a content header frame: class and weight come first. */
const BODY_SIZE = FRAME_HEADER_LENGTH + 4;

export type ReaderEvents = {
  /** A method of a channel, with its content if that is complete or has a tail. */
  message(message: Message): void;
  /** A piece of a tail. */
  piece(tail: Tail, octets: Uint8Array): void;
  /** The tail is over. */
  tailOver(tail: Tail): void;
  /** Octets that belong to no message, such as a heartbeat. */
  raw(octets: Uint8Array): void;
};

/** A content that is incomplete. */
type Assembly = {
  readonly frame: Uint8Array;
  readonly content: Uint8Array[];
  /** How many octets of it are held. */
  held: number;
  /** How many octets of its body are to come; null before the content header. */
  left: number | null;
  tail: Tail | null;
};

/** Reads the messages of one direction of an open connection, however its octets are split. */
export class MessageReader {
  private frames = new FrameCutter();
  private readonly events: ReaderEvents;
  private readonly assemblies = new Map<number, Assembly>();
  private held = 0;
  /** The tail that the current frame belongs to, if that frame is too large to be held. */
  private current: Tail | null = null;

  constructor(events: ReaderEvents) {
    this.events = events;
  }

  /** Whether a content is passed on or discarded in pieces. */
  get isInTail(): boolean {
    return [...this.assemblies.values()].some(({ tail }) => tail !== null);
  }

  read(octets: Uint8Array): void {
    const { frames } = this;
    frames.read(octets);
    do {
      if (frames.isLost) break;
      const piece = frames.takePiece();
      if (piece.length > 0) this.piece(piece);
    } while (frames.readHeader() && this.frame());
    const rest = frames.takeRest();
    if (rest.length > 0) this.events.raw(rest);
  }

  /** Passes on everything that is held, because nothing completes it or nobody waits for it. */
  flush(): void {
    const { frames } = this;
    for (const [channel, assembly] of [...this.assemblies]) this.interrupt(channel, assembly);
    // What is held after the frame boundary was lost has been passed on.
    if (frames.left === 0 && !frames.isLost) this.events.raw(new Uint8Array(frames.held));
    this.frames = new FrameCutter();
    this.current = null;
  }

  /** @returns whether the frame was read, and there may be another */
  private frame(): boolean {
    const { frames } = this;
    const { type, channel, size } = frames;
    const isWhole = size <= MOST_HELD;
    const octets = isFrameType(type) ? frames.take(isWhole ? undefined : FRAME_HEADER_LENGTH) : undefined;
    if (octets !== undefined) {
      this.sort(type, channel, new Uint8Array(octets), isWhole ? 0 : size + 1);
      return true;
    }
    if (!isFrameType(type)) frames.isLost = true;
    if (!frames.isLost) return false;
    for (const [of, assembly] of [...this.assemblies]) this.interrupt(of, assembly);
    this.events.raw(new Uint8Array(frames.held));
    return false;
  }

  /** @param left how many octets of the frame are still to come */
  private sort(type: number, channel: number, octets: Uint8Array, left: number): void {
    const assembly = this.assemblies.get(channel);
    this.current = null;
    if (channel === 0 || type === FRAME_TYPE.heartbeat) this.events.raw(octets);
    else if (type !== FRAME_TYPE.method) this.content(type, assembly, octets, left);
    else {
      if (assembly) this.interrupt(channel, assembly);
      if (left > 0) this.events.raw(octets);
      else this.method(channel, octets);
    }
  }

  private method(channel: number, frame: Uint8Array): void {
    const name = nameIn(frame);
    if (!WITH_CONTENT.includes(name)) this.events.message({ channel, name, frame, content: [], tail: null });
    else this.hold(this.begun(channel, frame), frame.length);
  }

  private begun(channel: number, frame: Uint8Array): Assembly {
    const assembly: Assembly = { frame, content: [], held: 0, left: null, tail: null };
    this.assemblies.set(channel, assembly);
    return assembly;
  }

  private content(type: number, assembly: Assembly | undefined, octets: Uint8Array, left: number): void {
    const { channel, size } = this.frames;
    const isHeader = type === FRAME_TYPE.header;
    const bodySize = isHeader ? bodySizeIn(octets) : undefined;
    if (assembly === undefined) {
      this.events.raw(octets);
      return;
    }
    if (isHeader !== (assembly.left === null) || (isHeader && bodySize === undefined)) {
      this.interrupt(channel, assembly);
      this.events.raw(octets);
      return;
    }
    assembly.left = isHeader ? (bodySize ?? 0) : (assembly.left ?? 0) - size;
    const isHeld = assembly.tail === null && left === 0 && (isHeader || this.held + octets.length <= MOST_HELD);
    if (isHeld) {
      assembly.content.push(octets);
      this.hold(assembly, octets.length);
    }
    if (!isHeld || this.held + assembly.left > MOST_HELD) this.loosen(channel, assembly);
    if (!isHeld && assembly.tail) this.events.piece(assembly.tail, octets);
    if (left > 0) this.current = assembly.tail;
    else if (assembly.left <= 0) this.complete(channel, assembly);
  }

  /** The rest of a frame that is too large to be held. */
  private piece(octets: Uint8Array): void {
    const { frames, current } = this;
    if (current === null) {
      this.events.raw(octets);
      return;
    }
    this.events.piece(current, octets);
    const assembly = this.assemblies.get(current.channel);
    if (frames.left === 0 && assembly && (assembly.left ?? 0) <= 0) this.complete(current.channel, assembly);
  }

  /** Passes on what there is of a content; the rest follows in pieces. */
  private loosen(channel: number, assembly: Assembly): void {
    if (assembly.tail !== null) return;
    const { frame, content } = assembly;
    this.hold(assembly, -assembly.held);
    const tail: Tail = { channel, isOver: false, sending: null };
    assembly.tail = tail;
    this.events.message({ channel, name: nameIn(frame), frame, content, tail });
  }

  private complete(channel: number, assembly: Assembly): void {
    const { frame, content, tail } = assembly;
    this.assemblies.delete(channel);
    this.hold(assembly, -assembly.held);
    if (tail === null) this.events.message({ channel, name: nameIn(frame), frame, content, tail });
    else {
      tail.isOver = true;
      this.events.tailOver(tail);
    }
  }

  /** The content stays incomplete. */
  private interrupt(channel: number, assembly: Assembly): void {
    this.loosen(channel, assembly);
    this.complete(channel, assembly);
  }

  private hold(assembly: Assembly, octets: number): void {
    assembly.held += octets;
    this.held += octets;
  }
}

function bodySizeIn(header: Uint8Array): number | undefined {
  if (header.length < BODY_SIZE + 8) return undefined;
  return Number(new OctetReader(header, BODY_SIZE).longlong());
}
