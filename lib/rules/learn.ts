import type { Quad } from '../amqp/header.js';
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
  const amqp10 = asked.every((octet, at) => octet === answer[at]);
  return amqp10 === known.amqp10 ? known : { ...known, amqp10 };
}

const isAmqp10 = ([id, major, minor, revision]: Quad): boolean =>
  (id === 0 || id === 3) && major === 1 && minor === 0 && revision === 0;
