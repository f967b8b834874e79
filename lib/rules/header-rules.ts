import type { HeaderRules } from '../amqp/classifier.js';
import { acceptedQuads, dialectOf } from '../amqp/dialect.js';
import { isAmqp10 } from '../amqp/header.js';

/** What has been learned of the broker behind a proxy. It counts from the next connection on. */
export type Learned = {
  /** What it calls itself, for example RabbitMQ, and which version; null until it has said so. */
  readonly product: string | null;
  readonly version: string | null;
  /** The version of RabbitMQ whose dialect it is taken to speak; null until it is known. */
  readonly dialect: string | null;
  /** Whether it answered an AMQP 1.0 header by going on; null until it was asked. */
  readonly amqp10: boolean | null;
};

export const NOTHING_LEARNED: Learned = { product: null, version: null, dialect: null, amqp10: null };

/** The generation of the specification: whose rules hold until something was learned. */
const UNTIL_LEARNED = '3.6';

/** The quads that at least one supported version accepts. */
const ACCEPTED_SOMEWHERE = acceptedQuads();
const AMQP10 = ACCEPTED_SOMEWHERE.filter(isAmqp10);

/**
 * The rules for the next connection, from the settings of the proxy and what it has learned.
 *
 * An explicit dialect is never changed by what was learned. With `auto`, a header that the broker may accept is left to
 * the broker until its version is known, and AMQP 1.0 until it is known whether a 3.x broker has the plugin.
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
