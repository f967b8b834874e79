import type { AttributeShape, FaultType } from './fault-type.js';

/** The title of the faults that choose messages of a connection, and not a moment. */
export const OF_MESSAGES = 'Channels and messages';

/** The kinds of fault types, in the order of the docs and the dashboard. */
export const KINDS: readonly { readonly title: string; readonly is: (type: KindOf) => boolean }[] = [
  { title: 'Stream faults from Toxiproxy, in its units', is: ({ isToxiproxy }) => isToxiproxy === true },
  { title: 'Other stream faults', is: ({ acts, isToxiproxy }) => acts === 'stream' && isToxiproxy !== true },
  { title: 'Handshake and frame faults', is: (type) => type.acts === 'handshake' && !isOfMessages(type) },
  { title: OF_MESSAGES, is: isOfMessages },
  { title: 'TLS faults', is: ({ acts }) => acts === 'tls' },
  { title: 'Connect faults', is: ({ acts }) => acts === 'listener' || acts === 'accept' },
];

type KindOf = Pick<FaultType, 'acts' | 'isToxiproxy'> & {
  readonly attributes: AttributeShape;
  readonly conditions?: readonly string[];
};

/** Returns the title of the kind that a fault type belongs to. */
export function kindOf(type: KindOf): string {
  return KINDS.find(({ is }) => is(type))?.title ?? '';
}

function isOfMessages({ attributes, conditions = [] }: KindOf): boolean {
  return conditions.length > 0 && attributes['at'] === undefined;
}
