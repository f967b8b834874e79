import { attribute, choice } from '../attribute.js';
import { type AttributesOf, handshakeFault } from '../fault-type.js';
import { amount, batch } from './attributes.js';
import { Batches } from './batches.js';
import { type ConfirmFields, Confirms, confirm, confirmOf, isConfirm } from './confirms.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage, Port } from './stage.js';

const attributes = {
  how: attribute(choice('reorder', 'double', 'collapse'), {
    default: 'reorder',
    description:
      'With reorder, confirms arrive in reverse order; with double, each one arrives twice; with collapse, one basic.ack with multiple stands for those held back together.',
  }),
  ...batch('confirms', 'reorder and how: collapse'),
  ...amount(),
};

/** Changes how publisher confirms arrive, within what AMQP allows except for `double`. */
export const amqpConfirm = handshakeFault({
  name: 'amqp_confirm',
  description: "Changes the order or the number of the broker's publisher confirms. None of them is lost.",
  attributes,
  conditions: ['exchange', 'routing_key'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act: (given) => (actions) => actions.messages(confirming(given, actions.selection(given))),
});

/** One confirm of one message. */
type Confirm = { readonly channel: number; readonly name: 'basic.ack' | 'basic.nack'; readonly tag: number };

const confirming =
  ({ how, batch, within }: AttributesOf<typeof attributes>, selection: Selection): OpenStage =>
  (port) => {
    const confirms = new Confirms((publish) => selection.picks(factsOf(publish, port.consumers)));
    const batches = new Batches<Confirm>({
      size: batch,
      within,
      after: port.after,
      pass: (items) => {
        if (how === 'collapse') collapse(items, confirms, port);
        else for (const item of [...items].reverse()) port.toClient(single(item));
      },
    });
    /** @param fields of one confirm. Those of one message are held back; others are passed on. */
    const act = (item: Confirm, fields: ConfirmFields): void => {
      const passed = confirm(item.channel, item.name, fields);
      if (how === 'double') {
        port.toClient(passed);
        port.toClient(passed);
      } else if (fields.isMultiple || (how === 'collapse' && item.name === 'basic.nack')) {
        batches.flush(item.channel);
        port.toClient(passed);
      } else batches.add(item);
    };
    return {
      fromClient(message) {
        confirms.fromClient(message);
        if (message.name === 'channel.close' || message.name === 'channel.close-ok') batches.drop(message.channel);
        port.toUpstream(message);
      },
      fromUpstream(message) {
        const { channel, name } = message;
        confirms.fromUpstream(message);
        if (name === 'channel.close') batches.drop(channel);
        if (!isConfirm(message)) {
          port.toClient(message);
          return;
        }
        const fields = confirmOf(message);
        const confirmed = confirms.settle(message, fields);
        const item = { channel, name: name as Confirm['name'], tag: fields.tag };
        // A channel of which the numbers are not known: each confirm counts as one message, of which nothing is known.
        if (confirmed === undefined && how !== 'collapse' && selection.picks(UNKNOWN)) act(item, fields);
        else if (confirmed === undefined || confirmed.length === 0) {
          if (fields.isMultiple) batches.flush(channel);
          port.toClient(message);
        }
        for (const { tag, isPicked } of confirmed ?? []) {
          // One with `multiple` would stand for those that are held back, too.
          if (isPicked) act({ ...item, tag }, { tag, isMultiple: false });
          else port.toClient(single({ ...item, tag }));
        }
      },
      release() {
        selection.close();
        batches.flushAll();
      },
      get isIdle() {
        return batches.isEmpty;
      },
    };
  };

const single = ({ channel, name, tag }: Confirm) => confirm(channel, name, { tag, isMultiple: false });

/** Those before the first message that is not confirmed yet become one. */
function collapse(items: readonly Confirm[], confirms: Confirms, port: Port): void {
  const [{ channel, name } = { channel: 0, name: 'basic.ack' as const }] = items;
  const lowest = confirms.lowestOpen(channel);
  const tags = items.map(({ tag }) => tag);
  const through = Math.max(0, ...tags.filter((tag) => tag < lowest));
  if (through > 0) port.toClient(confirm(channel, name, { tag: through, isMultiple: true }));
  for (const tag of tags) if (tag > lowest) port.toClient(confirm(channel, name, { tag, isMultiple: false }));
}

/** What is known of a message by a confirm alone. */
const UNKNOWN = { method: null, queue: null, exchange: null, routing_key: null };
