import { isAmqp10, type Quad } from '../amqp/header.js';
import { rabbitmqVersion } from '../amqp/rabbitmq-version.js';
import type { Learned } from './header-rules.js';

/** What one connection reveals about the broker. */
export type BrokerAnswer = {
  /** From the `server-properties` of its Connection.Start, or the properties of AMQP 1.0's `open`. */
  readonly product: string | null;
  readonly version: string | null;
  /** The client's version quad, and the one that the broker answered with instead of Start. */
  readonly asked: Quad | null;
  readonly answer: Quad | null;
};

/**
 * The dialect assumed for brokers that are not RabbitMQ. Like 3.x, they speak 0-9-1, answer a bad header with its
 * header, and may accept AMQP 1.0 without SASL; 4.x does not.
 */
const NEAREST = '3.13';

/** Returns what is known about a broker after one more answer; the same object if nothing is new. */
export function learn(known: Learned, { product, version, asked, answer }: BrokerAnswer): Learned {
  const met = product === null ? known : meet(known, product, version);
  if (asked === null || answer === null || !isAmqp10(asked)) return met;
  const amqp10 = speaksAmqp10(answer);
  return amqp10 === undefined || amqp10 === met.amqp10 ? met : { ...met, amqp10 };
}

function meet(known: Learned, product: string, version: string | null): Learned {
  if (product === known.product && version === known.version) return known;
  // Another version may have different plugins.
  return { product, version, dialect: rabbitmqVersion(product, version) ?? NEAREST, amqp10: null };
}

/** A broker that speaks AMQP 1.0 may still refuse a protocol id. It then answers with the id that it accepts. */
function speaksAmqp10(answer: Quad): boolean | undefined {
  if (isAmqp10(answer)) return true;
  return answer.join() === '0,0,9,1' ? false : undefined;
}
