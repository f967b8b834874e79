import { attribute, choice } from '../attribute.js';
import { type AttributesOf, handshakeFault } from '../fault-type.js';
import { amount, batch } from './attributes.js';
import { Deliveries } from './deliveries.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

const attributes = {
  how: attribute(choice('double', 'reorder', 'hold'), {
    default: 'double',
    description:
      'With double, each message arrives twice, the second time as redelivered; with reorder, messages arrive in reverse order; with hold, they are held back.',
  }),
  ...batch('messages of a channel', 'reorder'),
  ...amount(),
};

/** Doubles, reorders or holds back deliveries. */
export const amqpDeliver = handshakeFault({
  name: 'amqp_deliver',
  description:
    "Doubles, reorders or holds back messages that the broker delivers to consumers. The delivery tags that the client receives still ascend, and its acknowledgments reach the broker with the broker's tags; those of a second copy are discarded. What is held back is passed on when the fault is removed, when a consumer of the channel is canceled, or when it is more than 2 MiB. Larger messages are passed on.",
  attributes,
  conditions: ['queue', 'exchange', 'routing_key'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act: (given) => (actions) => actions.messages(delivering(given, actions.selection(given))),
});

const delivering =
  ({ how, batch, within }: AttributesOf<typeof attributes>, selection: Selection): OpenStage =>
  (port) => {
    const isHeld = how === 'hold';
    const deliveries = new Deliveries(port, {
      size: isHeld ? Number.POSITIVE_INFINITY : batch,
      within: isHeld ? null : within,
      isReversed: how === 'reorder',
    });
    return {
      fromClient: (message) => deliveries.fromClient(message),
      fromUpstream(message) {
        const isWhole = message.name === 'basic.deliver' && message.tail === null;
        const isPicked = isWhole && selection.picks(factsOf(message, port.consumers));
        deliveries.fromUpstream(message, isPicked ? (how === 'double' ? 'double' : 'hold') : 'pass');
      },
      release() {
        selection.close();
        deliveries.flush();
      },
      get isIdle() {
        return deliveries.areAsBroker;
      },
    };
  };
