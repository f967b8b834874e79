import { fieldsOf } from './fields.js';
import { type Message, message } from './message.js';

/** If more messages of a channel wait for their confirms, they are no longer distinguished. */
const MOST_OPEN = 100_000;

const MULTIPLE = 1;

/** A message that is confirmed. `tag`: its number in its channel. */
export type Confirmed = { readonly tag: number; readonly isPicked: boolean };

/** Numbers the messages of channels in confirm mode as the broker does, and remembers which of them a fault has picked. */
export class Confirms {
  private readonly channels = new Map<number, { last: number; readonly open: Map<number, boolean> }>();
  private readonly pick: (publish: Message) => boolean;

  /** @param pick called with each basic.publish, in order */
  constructor(pick: (publish: Message) => boolean) {
    this.pick = pick;
  }

  fromClient(message: Message): void {
    const { channel, name } = message;
    if (name === 'channel.close-ok') this.channels.delete(channel);
    if (name === 'confirm.select' && !this.channels.has(channel))
      this.channels.set(channel, { last: 0, open: new Map() });
    const known = name === 'basic.publish' ? this.channels.get(channel) : undefined;
    if (known === undefined) return;
    known.last += 1;
    known.open.set(known.last, this.pick(message));
    if (known.open.size > MOST_OPEN) this.channels.delete(channel);
  }

  fromUpstream({ channel, name }: Message): void {
    if (name === 'channel.close-ok') this.channels.delete(channel);
  }

  /**
   * Reads a confirm.
   *
   * @returns its messages in ascending order; undefined if the numbers of the channel are not known, because it was in confirm
   *   mode before
   */
  settle({ channel }: Message, { tag, isMultiple }: ConfirmFields): readonly Confirmed[] | undefined {
    const open = this.channels.get(channel)?.open;
    if (open === undefined) return undefined;
    const confirmed: Confirmed[] = [];
    for (const [number, isPicked] of isMultiple ? open : [[tag, open.get(tag)] as const]) {
      if (isPicked === undefined || number > tag) break;
      open.delete(number);
      confirmed.push({ tag: number, isPicked });
    }
    return confirmed;
  }

  /** The lowest number of a message that waits for its confirm; if there is none, the number of the next message. */
  lowestOpen(channel: number): number {
    const { open, last = 0 } = this.channels.get(channel) ?? {};
    const [lowest = last + 1] = open?.keys() ?? [];
    return lowest;
  }
}

export type ConfirmFields = { readonly tag: number; readonly isMultiple: boolean };

/** The fields of a confirm, which is a basic.ack or basic.nack from the broker. */
export function confirmOf(message: Message): ConfirmFields {
  const { deliveryTag = 0n, bits = 0 } = fieldsOf(message);
  return { tag: Number(deliveryTag), isMultiple: (bits & MULTIPLE) !== 0 };
}

export const isConfirm = ({ name }: Message): boolean => name === 'basic.ack' || name === 'basic.nack';

/** Makes a confirm. */
export function confirm(
  channel: number,
  name: 'basic.ack' | 'basic.nack',
  { tag, isMultiple }: ConfirmFields,
): Message {
  return message(channel, name, (writer) => {
    writer.longlong(BigInt(tag));
    writer.octet(isMultiple ? MULTIPLE : 0);
  });
}
