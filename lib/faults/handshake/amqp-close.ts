import { REPLY_CODES, type ReplyCode, replyText } from '../../amqp/reply-code.js';
import { attribute, duration, integer, integerOf, text } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { at, delay, METHOD_MOMENTS, place, placeAt, proxyClose } from './attributes.js';
import type { FaultActions } from './fault-actions.js';

/** All error codes: 200 is the only one that is not an error. */
const CODES = Object.keys(REPLY_CODES)
  .map(Number)
  .filter((code) => code !== 200);

/** How long RabbitMQ waits for Close-Ok at most, in ms. @see rabbit_reader.erl, `close_connection` */
const MAX_WAIT = 30_000;

/** Closes the connection for the client with Connection.Close, as a broker does. */
export const amqpClose = handshakeFault({
  name: 'amqp_close',
  description: 'Sends Connection.Close to the client, as a broker does, and waits for Close-Ok.',
  attributes: {
    at: at('open', ...METHOD_MOMENTS),
    place: place(),
    code: attribute(integerOf(...CODES), { default: 320, description: 'The reply code.' }),
    text: attribute(text(255), {
      default: null,
      defaultIs: "RabbitMQ's text for 403; otherwise NAME - closed by rabbit-snare",
      description: 'The reply text.',
    }),
    class: attribute(integer(0, 0xffff), { default: 0, description: 'The class ID of the failed method.' }),
    method: attribute(integer(0, 0xffff), { default: 0, description: 'The method ID of the failed method.' }),
    delay: delay(),
    timeout: attribute(duration(), {
      default: null,
      defaultIs: "the connection's heartbeat, at most 30 s",
      description: 'How long to wait for Close-Ok.',
    }),
    close: proxyClose(),
  },
  at: ({ at, place, delay }) => ({ moment: at, place: placeAt(at, place), delay }),
  act: (attributes) => (actions) => {
    const replyCode = attributes.code as ReplyCode;
    actions.closeClient(
      {
        name: 'connection.close',
        replyCode,
        replyText: attributes.text ?? defaultText(replyCode, actions),
        classId: attributes.class,
        methodId: attributes.method,
      },
      attributes.timeout ?? closeOkTimeout(actions),
      attributes.close ?? actions.setting.close,
    );
  },
});

/** @see rabbit_reader.erl, `auth_fail` */
function defaultText(code: ReplyCode, { negotiated }: FaultActions): string {
  if (code !== 403) return replyText(code, 'closed by rabbit-snare');
  const mechanism = negotiated.mechanism ?? 'PLAIN';
  return replyText(
    code,
    `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
  );
}

function closeOkTimeout({ negotiated }: FaultActions): number {
  const heartbeat = (negotiated.heartbeat ?? 0) * 1000;
  return heartbeat > 0 ? Math.min(heartbeat, MAX_WAIT) : MAX_WAIT;
}
