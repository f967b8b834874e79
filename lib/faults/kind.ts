import type { FaultType } from './fault-type.js';

/** The kinds of fault types, in the order of the docs and the dashboard. */
export const KINDS: readonly { readonly title: string; readonly is: (type: KindOf) => boolean }[] = [
  { title: 'Stream faults from Toxiproxy, in its units', is: ({ isToxiproxy }) => isToxiproxy === true },
  { title: 'Other stream faults', is: ({ acts, isToxiproxy }) => acts === 'stream' && isToxiproxy !== true },
  { title: 'Handshake and frame faults', is: ({ acts }) => acts === 'handshake' },
  { title: 'TLS faults', is: ({ acts }) => acts === 'tls' },
  { title: 'Connect faults', is: ({ acts }) => acts === 'listener' || acts === 'accept' },
];

type KindOf = Pick<FaultType, 'acts' | 'isToxiproxy'>;

/** Returns the title of the kind that a fault type belongs to. */
export function kindOf(type: KindOf): string {
  return KINDS.find(({ is }) => is(type))?.title ?? '';
}
