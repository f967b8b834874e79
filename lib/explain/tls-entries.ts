/** Erlang's notice that the broker refused the client. */
export const server = (alert: string, detail = '', state = 'hello'): string =>
  `TLS server: In state ${state} at tls_record.erl:564 generated SERVER ALERT: Fatal - ${alert}\n - ${detail}`;
/** Erlang's notice that the client refused the broker. */
export const client = (alert: string, state = 'certify'): string =>
  `TLS server: In state ${state} received CLIENT ALERT: Fatal - ${alert}\n`;
/** The entry of RabbitMQ 4.1.1 and later. */
export const failed = (name: string, sentence: string): string =>
  `{tls_alert,{${name},${JSON.stringify(sentence)}}} error during handshake for protocol 'amqp/ssl' and peer 10.0.0.7:50122`;
/** The entry of RabbitMQ up to 3.6. */
export const upgrade = (term: string): string => `Error on AMQP connection <0.748.0>:\n${term}`;

/** The peer that the newer entries name. */
const PEER = '(?:[\\s\\S]*and peer (?<client>\\S+:\\d+))?';
/** A pattern for an entry, and for the peer that newer brokers name at its end. */
export const named = (source: string): RegExp => new RegExp(`^(?:${source})${PEER}`);
