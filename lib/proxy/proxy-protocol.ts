import { encodeHeader } from '../proxy-protocol/encode.js';
import type { Ends, ProxyHeader } from '../proxy-protocol/header.js';
import { inSubnets } from '../proxy-protocol/subnet.js';

/** The PROXY protocol settings of a proxy. */
export type ProxyProtocolSettings = {
  readonly accept: 'off' | 'accept' | 'require';
  readonly send: 'off' | 'v1' | 'v2';
  /** Addresses and subnets: `10.0.0.0/8`, `::1`. */
  readonly trustedSources: readonly string[];
};

/** The same, ready for use. Addresses look like `127.0.0.1:5672`. */
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

/** Where a connection comes from and goes to. */
export type ClientAddresses = {
  /** Null when the kernel no longer knows it. */
  readonly client: string | null;
  /** The balancer, if it named its client. */
  readonly via: string | null;
  /** The address that the client reached at the balancer; null if the balancer did not say. */
  readonly destination: string | null;
  /** The connection is the balancer's own, for example a health check. */
  readonly isLocal: boolean;
};

/** The addresses of a connection without a PROXY header. */
export const socketAddresses = (client: string | null): ClientAddresses => ({
  client,
  via: null,
  destination: null,
  isLocal: false,
});

/** The addresses of a connection that began with a PROXY header. */
export function addressesFrom({ command, ends }: ProxyHeader, balancer: string): ClientAddresses {
  // RabbitMQ also uses the socket's own addresses when the header has none, if it does not crash.
  if (ends === null) return { ...socketAddresses(balancer), isLocal: command === 'local' };
  return { client: ends.source, via: balancer, destination: ends.destination, isLocal: false };
}
