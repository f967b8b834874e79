import { isAmqp10, type Quad } from '../amqp/header.js';
import { parseVersion } from '../amqp/version.js';
import type { Learned } from './header-rules.js';

/** What a broker said on one connection. */
export type Said = {
  /** From the `server-properties` of its Connection.Start. */
  readonly product: string | null;
  readonly version: string | null;
  /** The client's version quad, and the one that the broker answered with in place of Start. */
  readonly asked: Quad | null;
  readonly answer: Quad | null;
};

/** What is known of a broker after it said something. The same object when there was nothing to learn. */
export function learn(known: Learned, { product, version, asked, answer }: Said): Learned {
  if (product === 'RabbitMQ' && version !== null && version !== known.version && parseVersion(version)) {
    // Another version may have other plugins.
    return { version, amqp10: null };
  }
  if (asked === null || answer === null || !isAmqp10(asked)) return known;
  const amqp10 = speaksAmqp10(answer);
  if (amqp10 === undefined) return known;
  return amqp10 === known.amqp10 ? known : { ...known, amqp10 };
}

/** A broker that speaks AMQP 1.0 may still refuse one of its ids: it then answers with the other one. */
function speaksAmqp10(answer: Quad): boolean | undefined {
  if (isAmqp10(answer)) return true;
  return answer.join() === '0,0,9,1' ? false : undefined;
}
