import { attribute, duration } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import type { Undo } from '../handshake/fault-actions.js';
import { amount } from './attributes.js';
import { fieldsOf } from './fields.js';
import { message } from './message.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

const NO_WAIT = 1;

/** Cancels consumers, as the broker does when their queue is deleted or its leader moves. */
export const amqpCancel = handshakeFault({
  name: 'amqp_cancel',
  description:
    'Cancels consumers as the broker does when their queue is deleted: the client receives basic.cancel, if it announced consumer_cancel_notify. Messages that were on their way arrive before it. A consumer of before the fault is canceled at its next message.',
  attributes: {
    delay: attribute(duration(), {
      default: 0,
      description: 'Time from the beginning of the consumer until it is canceled.',
    }),
    ...amount(),
  },
  conditions: ['queue'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  applies: ({ negotiated }) => negotiated.acceptsCancel,
  act: (attributes) => (actions) => actions.messages(canceling(attributes.delay, actions.selection(attributes))),
});

/** What becomes of a consumer. `asked`: the broker was asked to cancel it, and has not answered. */
type Consumer = { state: 'consuming' | 'asked'; isLeft: boolean; stop: Undo };

const canceling =
  (delay: number, selection: Selection): OpenStage =>
  (port) => {
    const channels = new Map<number, Map<string, Consumer>>();
    const forget = (channel: number): void => {
      for (const { stop } of channels.get(channel)?.values() ?? []) stop();
      channels.delete(channel);
    };
    const each = (): readonly Consumer[] => [...channels.values()].flatMap((consumers) => [...consumers.values()]);

    const cancel = (channel: number, tag: string, consumer: Consumer): void => {
      consumer.state = 'asked';
      port.toUpstream(canceled(channel, tag, 0));
    };
    const consider = (channel: number, tag: string, isPicked: () => boolean): void => {
      const consumers = channels.get(channel) ?? new Map<string, Consumer>();
      channels.set(channel, consumers);
      if (consumers.has(tag)) return;
      const consumer: Consumer = { state: 'consuming', isLeft: false, stop: () => {} };
      consumers.set(tag, consumer);
      if (!isPicked()) return;
      if (delay === 0) cancel(channel, tag, consumer);
      else consumer.stop = port.after(delay, () => cancel(channel, tag, consumer));
    };

    return {
      fromClient(given) {
        const { channel, name } = given;
        const consumer =
          name === 'basic.cancel' ? channels.get(channel)?.get(fieldsOf(given).consumerTag ?? '') : undefined;
        consumer?.stop();
        if (consumer) consumer.isLeft = true;
        if (name === 'channel.close' || name === 'channel.close-ok') forget(channel);
        port.toUpstream(given);
      },
      fromUpstream(given) {
        const { channel, name } = given;
        const { consumerTag: tag } = fieldsOf(given);
        const consumer = tag === undefined ? undefined : channels.get(channel)?.get(tag);
        if (name === 'basic.cancel-ok' && tag !== undefined && consumer) {
          consumer.stop();
          channels.get(channel)?.delete(tag);
          if (consumer.state === 'asked') {
            // The client receives the broker's own answer, if it has canceled the consumer meanwhile.
            if (!consumer.isLeft) port.toClient(canceled(channel, tag, NO_WAIT));
            return;
          }
        }
        if (name === 'channel.close') forget(channel);
        port.toClient(given);
        if (tag !== undefined && (name === 'basic.consume-ok' || name === 'basic.deliver')) {
          consider(channel, tag, () => selection.picks(factsOf(given, port.consumers)));
        }
      },
      release() {
        selection.close();
        for (const { stop } of each()) stop();
      },
      get isIdle() {
        return each().every(({ state }) => state === 'consuming');
      },
    };
  };

const canceled = (channel: number, tag: string, bits: number) =>
  message(channel, 'basic.cancel', (writer) => {
    writer.shortstr(tag);
    writer.octet(bits);
  });
