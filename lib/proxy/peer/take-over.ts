import type { PeerListener } from './peer.js';
import type { ClientPeer } from './secured-client.js';

/**
 * Gives a client to its next listener, with the octets that were read before. An end that came while no step listened is
 * reported too, so that no step waits for a client that has left.
 *
 * @param first octets that were read before, if the client is paused
 */
export function takeOver(client: ClientPeer, listener: PeerListener, first?: readonly Uint8Array[]): void {
  client.listener = listener;
  let flows = true;
  for (const octets of first ?? []) flows = listener.octets(octets);
  if (client.sent !== null) listener.ended(client.sent);
  else if (first && flows) client.resume();
  if (client.closed) listener.closed();
}
