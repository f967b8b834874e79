import { Batches } from './batches.js';
import { type Answer, DeliveryTags } from './delivery-tags.js';
import { fieldsOf } from './fields.js';
import { ARGUMENTS, type Message, sizeOf } from './message.js';
import { MOST_HELD } from './message-reader.js';
import type { Port } from './stage.js';

/** A tag that no delivery has: the broker closes the channel for it, as it does for any unknown tag. */
const UNKNOWN_TAG = 2n ** 63n - 1n;

const MULTIPLE = 1;
const REDELIVERED = 1;

/** One delivery. `tag`: the broker's. */
type Delivery = {
  readonly channel: number;
  readonly message: Message;
  readonly tag: number;
  readonly isAnswered: boolean;
};

type Options = {
  /** See `Batches`. */
  readonly size: number;
  readonly within: number | null;
  /** Whether what was held back is passed on in reverse order. */
  readonly isReversed: boolean;
};

/** The deliveries of a connection: passed on, doubled or held back, with tags that ascend for the client. */
export class Deliveries {
  private readonly port: Port;
  private readonly channels = new Map<number, DeliveryTags>();
  private readonly batches: Batches<Delivery>;
  private heldOctets = 0;

  constructor(port: Port, { size, within, isReversed }: Options) {
    this.port = port;
    this.batches = new Batches({
      size,
      within,
      after: port.after,
      pass: (held) => {
        this.count(held);
        for (const delivery of isReversed ? [...held].reverse() : held) this.give(delivery);
      },
    });
  }

  /** Whether nothing is held back, and the client has the broker's tags. */
  get areAsBroker(): boolean {
    return this.batches.isEmpty && [...this.channels.values()].every(({ areSame }) => areSame);
  }

  flush(): void {
    this.batches.flushAll();
  }

  /** @param fate of a basic.deliver */
  fromUpstream(message: Message, fate: 'pass' | 'double' | 'hold'): void {
    const { channel, name } = message;
    if (name === 'basic.deliver' || name === 'basic.get-ok') {
      const delivery = this.deliveryOf(message);
      if (fate === 'hold') this.hold(delivery);
      else this.give(delivery);
      if (fate === 'double') this.again(delivery);
      return;
    }
    // No delivery may follow the end of its consumer.
    if (name === 'basic.cancel' || name === 'basic.cancel-ok') this.batches.flush(channel);
    if (name === 'channel.close') this.discard(channel);
    if (name === 'channel.close-ok') this.close(channel);
    this.port.toClient(message);
  }

  fromClient(message: Message): void {
    const { channel, name } = message;
    const tags = this.channels.get(channel);
    if (tags && (name === 'basic.ack' || name === 'basic.nack' || name === 'basic.reject')) {
      for (const answer of this.answersTo(message, tags)) this.port.toUpstream(answer);
      return;
    }
    if (name === 'basic.recover' || name === 'basic.recover-async') {
      this.discard(channel);
      tags?.clear();
    }
    // The broker puts back what the client has not received.
    if (name === 'channel.close') this.discard(channel);
    if (name === 'channel.close-ok') this.close(channel);
    this.port.toUpstream(message);
  }

  private deliveryOf(message: Message): Delivery {
    const { channel } = message;
    const tag = Number(fieldsOf(message).deliveryTag ?? 0n);
    if (!this.channels.has(channel)) this.channels.set(channel, new DeliveryTags(tag));
    return { channel, message, tag, isAnswered: this.port.consumers.find(message)?.isAutoAck !== true };
  }

  private give({ channel, message, tag, isAnswered }: Delivery): void {
    const given = this.channels.get(channel)?.give(tag, isAnswered) ?? tag;
    this.port.toClient(given === tag ? message : withTag(message, BigInt(given)));
  }

  /** Delivers a second copy. */
  private again({ channel, message, tag, isAnswered }: Delivery): void {
    const given = this.channels.get(channel)?.give(null, isAnswered) ?? tag;
    const { content } = message;
    this.port.toClient({ ...withTag(message, BigInt(given), REDELIVERED), content });
  }

  private hold(delivery: Delivery): void {
    this.heldOctets += sizeOf(delivery.message);
    this.batches.add(delivery);
    if (this.heldOctets > MOST_HELD) this.batches.flush(delivery.channel);
  }

  private discard(channel: number): void {
    this.count(this.batches.drop(channel));
  }

  private close(channel: number): void {
    this.discard(channel);
    this.channels.delete(channel);
  }

  /** These are no longer held. */
  private count(held: readonly Delivery[]): void {
    for (const { message } of held) this.heldOctets -= sizeOf(message);
  }

  private answersTo(message: Message, tags: DeliveryTags): readonly Message[] {
    const { deliveryTag = UNKNOWN_TAG, bits = 0 } = fieldsOf(message);
    const isMultiple = message.name !== 'basic.reject' && (bits & MULTIPLE) !== 0;
    const given: Answer = { tag: Number(deliveryTag), isMultiple };
    const held = Math.min(...this.batches.of(message.channel).map(({ tag }) => tag));
    const answers = tags.answer(given, held);
    if (answers === undefined) {
      const isUnknown = tags.areSame && held === Number.POSITIVE_INFINITY;
      return [isUnknown ? message : withTag(message, UNKNOWN_TAG)];
    }
    return answers.map(({ tag, isMultiple }) => {
      const others = bits & ~MULTIPLE;
      const isReject = message.name === 'basic.reject';
      return withTag(message, BigInt(tag), isReject ? bits : isMultiple ? others | MULTIPLE : others);
    });
  }
}

/** A delivery or an answer with another delivery tag. @param bits the octet that follows the tag @defaultValue unchanged */
function withTag(message: Message, tag: bigint, bits?: number): Message {
  const frame = new Uint8Array(message.frame);
  const view = new DataView(frame.buffer);
  const at = ARGUMENTS + (message.name === 'basic.deliver' ? 1 + (frame[ARGUMENTS] ?? 0) : 0);
  if (at + 9 > frame.length - 1) return message;
  view.setBigUint64(at, tag);
  if (bits !== undefined) frame[at + 8] = bits;
  return { ...message, frame };
}
