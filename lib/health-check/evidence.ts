import type { HealthCheckStyle } from './style.js';

/** What one connection reveals about the health check that made it. */
export type Evidence = {
  readonly style: HealthCheckStyle;
  /** At most the first 8 octets from the client, inside TLS if the proxy terminated it. */
  readonly header: Uint8Array;
  /** Octets received from the client, without an accepted PROXY header. */
  readonly received: number;
  /** How the client closed the connection; null: it did not. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** ms */
  readonly durationMs: number;
  /** Whether the broker had sent Start when the connection ended. */
  readonly hasStart: boolean;
  /** Whether the proxy terminated TLS and its handshake was complete. */
  readonly overTls: boolean;
  /** The address of the peer, without a port: of the balancer if a PROXY header names it. Null: no longer known. */
  readonly source: string | null;
  /** The request line of an HTTP request, at most 64 characters: `GET / HTTP/1.1`. Null if there was none. */
  readonly requestLine: string | null;
  /** The `User-Agent` of an HTTP request; null if there was none. */
  readonly userAgent: string | null;
  /** A ClientHello; null if there was none. */
  readonly hello: {
    /** The host that it asks for (SNI). */
    readonly servername: string | null;
    /** The protocols that it offers (ALPN). */
    readonly alpn: readonly string[];
    /** Octets of its first record; null if the proxy terminated TLS. */
    readonly length: number | null;
  } | null;
  /** The PROXY header with which the connection began; null if there was none. */
  readonly proxyHeader: {
    readonly version: 1 | 2;
    /** `local`: the load balancer's own connection. */
    readonly command: 'proxy' | 'local';
    /** Octets in all. */
    readonly length: number;
    /** The types of its TLVs, in order: at most 8. */
    readonly tlvTypes: readonly number[];
    /** Whether the proxy accepted it. If not, it was refused as a bad protocol header. */
    readonly isAccepted: boolean;
  } | null;
};
