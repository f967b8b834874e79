import { encodeFrame, FRAME_TYPE } from '../../amqp/frame.js';
import { REPLY_CODES } from '../../amqp/reply-code.js';
import { handshakeFault } from '../fault-type.js';
import { amount } from './attributes.js';
import { fieldsOf } from './fields.js';
import { type Message, message } from './message.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

/** The bit of basic.publish. */
const MANDATORY = 1;

const NO_ROUTE = 312;

/** No queue is named like this, so that the default exchange cannot route it. */
const NOWHERE = 'rabbit-snare.amqp_return.no-route';

/** Class (basic), weight, and an empty body without properties. */
const EMPTY_HEADER = Uint8Array.of(0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Returns messages as unroutable. */
export const amqpReturn = handshakeFault({
  name: 'amqp_return',
  description:
    'Returns messages that the client publishes with mandatory: they come back with basic.return, 312 NO_ROUTE, as if no queue were bound. In place of each, the broker receives an empty message to a queue that does not exist, and confirms it if the channel has publisher confirms; for that, the user needs write permission for the default exchange. Messages of more than 2 MiB are passed on.',
  attributes: amount(),
  conditions: ['exchange', 'routing_key'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act: (attributes) => (actions) => actions.messages(returning(actions.selection(attributes))),
});

const returning =
  (selection: Selection): OpenStage =>
  (port) => ({
    fromClient(publish) {
      const { name, tail, channel, content } = publish;
      const { exchange = '', routingKey = '', bits = 0 } = name === 'basic.publish' ? fieldsOf(publish) : {};
      const isMandatory = (bits & MANDATORY) !== 0 && tail === null;
      if (!isMandatory || !selection.picks(factsOf(publish, port.consumers))) {
        port.toUpstream(publish);
        return;
      }
      port.toClient(
        message(
          channel,
          'basic.return',
          (writer) => {
            writer.short(NO_ROUTE);
            writer.shortstr(REPLY_CODES[NO_ROUTE]);
            writer.shortstr(exchange);
            writer.shortstr(routingKey);
          },
          content,
        ),
      );
      // The broker goes on counting the messages of the channel.
      port.toUpstream(emptyMessage(channel));
    },
    fromUpstream: (message) => port.toClient(message),
    release: () => selection.close(),
    isIdle: true,
  });

function emptyMessage(channel: number): Message {
  return message(
    channel,
    'basic.publish',
    (writer) => {
      writer.short(0);
      writer.shortstr('');
      writer.shortstr(NOWHERE);
      writer.octet(0);
    },
    [encodeFrame(FRAME_TYPE.header, channel, EMPTY_HEADER)],
  );
}
