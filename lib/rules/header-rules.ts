import type { HeaderRules } from '../amqp/classifier.js';
import { acceptedQuads, dialectOf } from '../amqp/dialect.js';
import { isAmqp10 } from '../amqp/header.js';

/** What has been learned about the upstream broker. It applies to the next headers, and to the later stages of the connection that taught it. */
export type Learned = {
  /** The broker's product name, for example RabbitMQ, and its version; null: not yet known. */
  readonly product: string | null;
  readonly version: string | null;
  /** The RabbitMQ version whose dialect the broker is assumed to speak; null: not yet known. */
  readonly dialect: string | null;
  /** Whether it accepted an AMQP 1.0 header; null: not yet known. */
  readonly amqp10: boolean | null;
};

export const NOTHING_LEARNED: Learned = { product: null, version: null, dialect: null, amqp10: null };

/** The dialect until the broker's version is known. */
const UNTIL_LEARNED = '3.6';

/** The version quads that at least one supported version accepts. */
const ACCEPTED_SOMEWHERE = acceptedQuads();
const AMQP10 = ACCEPTED_SOMEWHERE.filter(isAmqp10);

/**
 * Returns the rules for the next connection, from the settings of the proxy and what it has learned.
 *
 * An explicit dialect is never changed. With `auto`, a header that the broker may accept is left to the broker until
 * its version is known. AMQP 1.0 is left to a 3.x broker until it is known whether it has the plugin.
 */
export function headerRules(
  settings: { readonly dialect: string; readonly amqp10: 'auto' | 'on' | 'off' },
  learned: Learned,
): HeaderRules {
  const auto = settings.dialect === 'auto';
  const dialect = dialectOf(auto ? (learned.dialect ?? UNTIL_LEARNED) : settings.dialect);
  const known = dialect.amqp10Native || settings.amqp10 !== 'auto' || !auto || learned.amqp10 !== null;
  return {
    dialect,
    amqp10:
      dialect.amqp10Native ||
      settings.amqp10 === 'on' ||
      (settings.amqp10 === 'auto' && auto && learned.amqp10 === true),
    undecided: auto && learned.dialect === null ? ACCEPTED_SOMEWHERE : known ? [] : AMQP10,
  };
}
