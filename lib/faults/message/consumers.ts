import { fieldsOf } from './fields.js';
import type { Message } from './message.js';

/** Whose deliveries these are. */
export type Consumer = { readonly queue: string; readonly isAutoAck: boolean };

type Channel = {
  readonly byTag: Map<string, Consumer>;
  /** Consumers that the broker has not named yet, in order. */
  readonly unnamed: Consumer[];
  /** Of the last basic.get. */
  got: Consumer | null;
};

const NO_ACK = { 'basic.consume': 2, 'basic.get': 1 } as const;
const CANCEL_NO_WAIT = 1;

/** The consumers of a connection, as far as the chain has seen them: those of before are unknown. */
export class Consumers {
  private readonly channels = new Map<number, Channel>();

  fromClient(message: Message): void {
    const { channel, name } = message;
    if (name === 'channel.close-ok') this.channels.delete(channel);
    if (name !== 'basic.consume' && name !== 'basic.get' && name !== 'basic.cancel') return;
    const { queue = '', consumerTag = '', bits = 0 } = fieldsOf(message);
    const known: Channel = this.channels.get(channel) ?? { byTag: new Map(), unnamed: [], got: null };
    this.channels.set(channel, known);
    if (name === 'basic.cancel') {
      // No Cancel-Ok will follow.
      if ((bits & CANCEL_NO_WAIT) !== 0) known.byTag.delete(consumerTag);
      return;
    }
    const consumer = { queue, isAutoAck: (bits & NO_ACK[name]) !== 0 };
    if (name === 'basic.get') known.got = consumer;
    else if (consumerTag === '') known.unnamed.push(consumer);
    else known.byTag.set(consumerTag, consumer);
  }

  fromUpstream(message: Message): void {
    const { channel, name } = message;
    if (name === 'channel.close-ok') this.channels.delete(channel);
    const known = this.channels.get(channel);
    if (known === undefined) return;
    const { consumerTag = '' } = name.startsWith('basic.c') ? fieldsOf(message) : {};
    if (name === 'basic.cancel' || name === 'basic.cancel-ok') known.byTag.delete(consumerTag);
    if (name !== 'basic.consume-ok' || known.byTag.has(consumerTag)) return;
    const consumer = known.unnamed.shift();
    if (consumer) known.byTag.set(consumerTag, consumer);
  }

  /** The consumer that a basic.deliver or basic.consume-ok names, or whose basic.get-ok it is; undefined if that is not known. */
  find(message: Message): Consumer | undefined {
    const known = this.channels.get(message.channel);
    if (message.name === 'basic.get-ok') return known?.got ?? undefined;
    return known?.byTag.get(fieldsOf(message).consumerTag ?? '');
  }
}
