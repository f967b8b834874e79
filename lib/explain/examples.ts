/** The connection of the examples. */
export const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';

/** The closing entry of RabbitMQ 3.7 to 3.13 for a connection that ended for a reason. */
export const closing = (reason: string): string => `closing AMQP connection <0.748.0> (${ENDS}):\n${reason}`;

/** The entry about a connection that the broker refused before it was open. */
export const refused = (state: string, text: string): string =>
  `Error on AMQP connection <0.748.0> (${ENDS}, ${state === 'starting' ? '' : "user: 'app', "}state: ${state}):\n${text}`;

/** The entry about an exception on an open connection, with its channel. */
export const failed = (text: string, channel = 0): string =>
  `Error on AMQP connection <0.748.0> (${ENDS}, vhost: '/', user: 'app', state: running), channel ${channel}:\n ${text}`;

/** The entry about an exception on a channel. */
export const channelError = (method: string, text: string): string =>
  `Channel error on connection <0.748.0> (${ENDS}, vhost: '/', user: 'app'), channel 1:\noperation ${method} caused a channel exception ${text}`;

/** The entry about an exception for which the broker closed an open connection. */
export const exception = (name: string, text: string, method = 'none'): string =>
  failed(`operation ${method} caused a connection exception ${name}: ${JSON.stringify(text)}`);
