import { appendHeader } from '../amqp/header-octets.js';
import type { Close } from '../close.js';
import type { Deadline } from './deadline.js';
import type { PeerListener } from './peer/peer.js';
import type { ClientPeer } from './peer/secured-client.js';
import { takeOver } from './peer/take-over.js';

/**
 * Reads a client and sends it nothing, until it leaves or the deadline is due.
 *
 * @param header its first octets that are known already, up to 8
 * @param saw called with its first octets, up to 8, while more of them arrive
 * @param first octets that were read before, if the client is paused
 * @returns which side ends the connection
 */
export function keepSilent(
  client: ClientPeer,
  deadline: Deadline,
  header: Uint8Array,
  saw: (header: Uint8Array, byEnd: boolean) => void,
  first?: readonly Uint8Array[],
): Promise<'client' | 'proxy'> {
  return new Promise((resolve) => {
    deadline.due = () => resolve('proxy');
    takeOver(client, new Silence(header, saw, resolve), first);
  });
}

class Silence implements PeerListener {
  private header: Uint8Array;
  private readonly saw: (header: Uint8Array, byEnd: boolean) => void;
  private readonly end: (by: 'client') => void;

  constructor(header: Uint8Array, saw: (header: Uint8Array, byEnd: boolean) => void, end: (by: 'client') => void) {
    this.header = header;
    this.saw = saw;
    this.end = end;
  }

  octets(octets: Uint8Array): boolean {
    if (this.header.length < 8) {
      this.header = appendHeader(this.header, octets);
      this.saw(this.header, false);
    }
    return true;
  }

  ended(_how: Close): void {
    this.saw(this.header, true);
    this.end('client');
  }

  drained(): void {}

  /** The client was reset because the proxy was stopped. */
  closed(): void {
    this.end('client');
  }
}
