import type { ConnectionMethodName } from '../../lib/amqp/connection-methods.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { Follower } from '../../lib/amqp/follower.js';

/** Bytes from one side. */
export type Said = readonly [by: 'client' | 'upstream', octets: Uint8Array];
/** A follower, and the methods that it reported. */
export type Seen = { readonly follower: Follower; readonly passed: readonly ConnectionMethodName[] };

/** Creates a follower of a broker of that version. */
export function followed(said: readonly Said[], version: string): Seen {
  const passed: ConnectionMethodName[] = [];
  const follower = new Follower(dialectOf(version), (name) => passed.push(name));
  for (const [by, octets] of said) {
    if (by === 'client') follower.fromClient(octets);
    else follower.fromUpstream(octets);
  }
  return { follower, passed };
}

/** All that a follower exposes. */
export const exposed = ({ follower: { stage, conversation, answer }, passed }: Seen) => ({
  stage,
  handshake: conversation?.handshake ?? null,
  hasStart: conversation?.hasStart ?? null,
  hasStartOk: conversation?.hasStartOk ?? null,
  failure: conversation?.failure ?? null,
  pending: conversation?.pending ?? null,
  close: conversation?.close ?? null,
  brokerError: conversation?.brokerError ?? null,
  callback: conversation?.callback ?? null,
  answer,
  passed,
});
