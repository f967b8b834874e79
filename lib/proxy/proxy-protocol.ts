import { encodeHeader } from '../proxy-protocol/encode.js';
import type { Ends, ProxyHeader } from '../proxy-protocol/header.js';
import { inSubnets } from '../proxy-protocol/subnet.js';

/** How a proxy speaks the PROXY protocol, as its config says. */
export type ProxyProtocolSettings = {
  readonly accept: 'off' | 'accept' | 'require';
  readonly send: 'off' | 'v1' | 'v2';
  /** Addresses and subnets: `10.0.0.0/8`, `::1`. */
  readonly trustedSources: readonly string[];
};

/** The same, ready for use. Addresses are written as in `127.0.0.1:5672`. */
export type ProxyProtocol = {
  readonly accept: 'off' | 'accept' | 'require';
  readonly isTrusted: (address: string) => boolean;
  /** The PROXY header for the upstream; undefined for none. */
  readonly introduce: (ends: Ends | null) => Uint8Array | undefined;
};

export function proxyProtocol({ accept, send, trustedSources }: ProxyProtocolSettings): ProxyProtocol {
  return {
    accept,
    isTrusted: inSubnets(trustedSources),
    introduce: send === 'off' ? () => undefined : (ends) => encodeHeader(send, ends),
  };
}

/** Who a connection is from and for. */
export type ClientAddresses = {
  /** Null when the kernel no longer knows it. */
  readonly client: string | null;
  /** The balancer, if it named its client is. */
  readonly via: string | null;
  /** The address that the client reached at the balancer, if it is known. */
  readonly destination: string | null;
  /** The connection is the balancer's own: a health check, for example. */
  readonly isLocal: boolean;
};

/** What is known of a connection by its socket alone. */
export const socketAddresses = (client: string | null): ClientAddresses => ({
  client,
  via: null,
  destination: null,
  isLocal: false,
});

/** What is known of a connection that began with a PROXY header. */
export function addressesFrom({ command, ends }: ProxyHeader, balancer: string): ClientAddresses {
  // RabbitMQ, too, takes the socket's own addresses when the header has none, if it does not crash.
  if (ends === null) return { ...socketAddresses(balancer), isLocal: command === 'local' };
  return { client: ends.source, via: balancer, destination: ends.destination, isLocal: false };
}
