import { METHOD_IDS } from '../../amqp/method-ids.js';
import { REPLY_CODES, type ReplyCode, replyText } from '../../amqp/reply-code.js';
import { attribute, integerOf, text } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { amount } from './attributes.js';
import { type Message, message, sizeOf } from './message.js';
import { MOST_HELD } from './message-reader.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

/** All error codes: 200 is the only one that is not an error. */
const CODES = Object.keys(REPLY_CODES)
  .map(Number)
  .filter((code) => code !== 200);

/** The methods by which a client usually provokes it. */
const USUAL = /^(exchange|queue)\.|^basic\.(publish|consume|get)$/;

/** These open and close a channel, and are never refused. */
const OF_CHANNEL = ['channel.open', 'channel.close', 'channel.close-ok'];

/** Closes a channel when the client sends a method on it. */
export const amqpChannelClose = handshakeFault({
  name: 'amqp_channel_close',
  description:
    'Closes a channel as the broker does when it refuses a method. The method is not passed on, and neither is what the client still sends on the channel; the channel to the broker is closed as well, so that the client can open it again. Without a condition method, it acts on the methods of queues and exchanges and on basic.publish, basic.consume and basic.get.',
  attributes: {
    code: attribute(integerOf(...CODES), { default: 406, description: 'The reply code.' }),
    text: attribute(text(255), {
      default: null,
      defaultIs: 'NAME - closed by rabbit-snare',
      description: 'The reply text.',
    }),
    ...amount(),
  },
  conditions: ['method', 'queue', 'exchange', 'routing_key'],
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act: (attributes) => (actions) => {
    const code = attributes.code as ReplyCode;
    const reply = { code, text: attributes.text ?? replyText(code, 'closed by rabbit-snare') };
    return actions.messages(closing(reply, actions.selection(attributes)));
  },
});

/** A channel that is being closed, for the client or for the broker. `waiting`: what the client has sent on it since it opened it again. */
type Closing = { isClient: boolean; isUpstream: boolean; waiting: Message[] };

const closing =
  (reply: { readonly code: number; readonly text: string }, selection: Selection): OpenStage =>
  (port) => {
    const channels = new Map<number, Closing>();

    const begin = (given: Message): void => {
      const { channel } = given;
      channels.set(channel, { isClient: true, isUpstream: true, waiting: [] });
      const [classId, methodId] = METHOD_IDS.get(given.name) ?? [0, 0];
      port.toClient(close(channel, reply.code, reply.text, classId, methodId));
      port.toUpstream(close(channel, 200, 'Goodbye', 0, 0));
    };
    const settle = (channel: number, { isClient, isUpstream, waiting }: Closing): void => {
      if (isClient || isUpstream) return;
      channels.delete(channel);
      for (const each of waiting) fromClient(each);
    };
    const isRefused = (given: Message): boolean => {
      const { name } = given;
      if (OF_CHANNEL.includes(name)) return false;
      return (selection.hasMethod || USUAL.test(name)) && selection.picks(factsOf(given, port.consumers));
    };

    const wait = (closing: Closing, given: Message): void => {
      const { waiting } = closing;
      waiting.push(given);
      if (given.tail === null && waiting.reduce((sum, each) => sum + sizeOf(each), 0) <= MOST_HELD) return;
      // Too much to hold. The broker reads it after Close all the same.
      closing.waiting = [];
      for (const each of waiting) port.toUpstream(each);
    };

    const fromClient = (given: Message): void => {
      const { channel, name } = given;
      const closing = channels.get(channel);
      if (closing === undefined) {
        if (isRefused(given)) begin(given);
        else port.toUpstream(given);
      } else if (!closing.isClient) wait(closing, given);
      else if (name === 'channel.close-ok') {
        closing.isClient = false;
        settle(channel, closing);
      } else if (name === 'channel.close') port.toClient(closeOk(channel));
      else if (name === 'channel.open') {
        // It took the answer to its own Close for the end of the channel.
        closing.isClient = false;
        closing.waiting.push(given);
        settle(channel, closing);
      }
    };

    return {
      fromClient,
      fromUpstream(given) {
        const { channel, name } = given;
        const closing = channels.get(channel);
        if (closing === undefined) port.toClient(given);
        else if (name === 'channel.close') port.toUpstream(closeOk(channel));
        else if (name === 'channel.close-ok') {
          closing.isUpstream = false;
          settle(channel, closing);
        }
      },
      release: () => selection.close(),
      get isIdle() {
        return channels.size === 0;
      },
    };
  };

const close = (channel: number, code: number, text: string, classId: number, methodId: number): Message =>
  message(channel, 'channel.close', (writer) => {
    writer.short(code);
    writer.shortstr(text);
    writer.short(classId);
    writer.short(methodId);
  });

const closeOk = (channel: number): Message => message(channel, 'channel.close-ok');
