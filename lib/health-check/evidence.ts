import type { Ending, HealthCheckStyle } from './style.js';

/** What one connection reveals about the health check that made it. */
export type Evidence = {
  readonly style: HealthCheckStyle;
  /** At most the first 8 octets from the client, inside TLS if the proxy terminated it. */
  readonly header: Uint8Array;
  /** Octets received from the client, without PROXY headers. */
  readonly received: number;
  /** How the client closed the connection; null: it did not. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** ms */
  readonly durationMs: number;
  /** Whether the broker had sent Start when the connection ended. */
  readonly hasStart: boolean;
  /** Whether the proxy terminated TLS and its handshake was complete. */
  readonly overTls: boolean;
  /** The `User-Agent` of an HTTP request; null if there was none. */
  readonly userAgent: string | null;
  /** The host of a ClientHello (SNI), and its length in octets; null if there was none. */
  readonly hello: { readonly servername: string | null; readonly length: number | null } | null;
  /** The PROXY header; `length` in octets. Null if none was accepted. */
  readonly proxyHeader: { readonly version: 1 | 2; readonly length: number } | null;
};

/** The evidence that the facts of an ended connection contain. */
export function evidenceOf(ending: Ending, style: HealthCheckStyle): Evidence {
  const { header, octets, ended, durationMs, hasStart, tls } = ending;
  return {
    style,
    header,
    received: octets.received,
    clientSent: ended.clientSent,
    durationMs,
    hasStart,
    overTls: tls?.terminated === true && tls.version !== null,
    userAgent: null,
    hello: null,
    proxyHeader: null,
  };
}
