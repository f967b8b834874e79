import { handshakeFault } from '../fault-type.js';
import { amount } from './attributes.js';
import { type Confirmed, Confirms, confirm, confirmOf } from './confirms.js';
import type { Message } from './message.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

/** Turns publisher confirms into rejections. */
export const amqpNack = handshakeFault({
  name: 'amqp_nack',
  description:
    "Sends the client basic.nack in place of the broker's basic.ack for a message that it published with publisher confirms. The broker keeps the message.",
  attributes: amount(),
  conditions: ['exchange', 'routing_key'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act: (attributes) => (actions) => actions.messages(nacking(actions.selection(attributes))),
});

const nacking =
  (selection: Selection): OpenStage =>
  (port) => {
    const confirms = new Confirms((publish) => selection.picks(factsOf(publish, port.consumers)));
    return {
      fromClient(message) {
        confirms.fromClient(message);
        port.toUpstream(message);
      },
      fromUpstream(message) {
        const { channel, name } = message;
        confirms.fromUpstream(message);
        if (name !== 'basic.ack') {
          if (name === 'basic.nack') confirms.settle(message, confirmOf(message));
          port.toClient(message);
          return;
        }
        const fields = confirmOf(message);
        const confirmed = confirms.settle(message, fields);
        // The numbers of the channel are not known: each confirm counts as one message, of which nothing is known.
        const isPicked = confirmed === undefined && selection.picks(UNKNOWN);
        if (isPicked) port.toClient(confirm(channel, 'basic.nack', fields));
        else if (!confirmed?.some((each) => each.isPicked)) port.toClient(message);
        else for (const run of runsOf(confirmed)) port.toClient(answer(channel, run));
      },
      release: () => selection.close(),
      isIdle: true,
    };
  };

/** Consecutive messages that are answered alike. Those before them are answered first, so that one answer stands for all. */
type Run = Confirmed & { readonly isMultiple: boolean };

function runsOf(confirmed: readonly Confirmed[]): readonly Run[] {
  const runs: Run[] = [];
  for (const each of confirmed) {
    const isMultiple = runs.at(-1)?.isPicked === each.isPicked;
    if (isMultiple) runs.pop();
    runs.push({ ...each, isMultiple });
  }
  return runs;
}

function answer(channel: number, { isPicked, ...fields }: Run): Message {
  return confirm(channel, isPicked ? 'basic.nack' : 'basic.ack', fields);
}

/** What is known of a message by a confirm alone. */
const UNKNOWN = { method: null, queue: null, exchange: null, routing_key: null };
