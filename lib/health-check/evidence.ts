import { hostOf } from '../text/address-of.js';
import type { HttpRequest } from '../text/http-request.js';
import type { Ending, HealthCheckStyle } from './style.js';

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

/** What evidence is taken from, next to the ending of a connection. The facts of a report have all of it. */
export type Foreign = {
  /** `10.0.0.7:50122`; null if it is no longer known. */
  readonly client: string | null;
  /** The form of the PROXY header with which the connection began; null if there was none. */
  readonly proxyHeader: Evidence['proxyHeader'];
  /** The beginning of an HTTP request; null if the client did not send one. */
  readonly request: HttpRequest | null;
  readonly tls: { readonly servername: string | null; readonly alpn: readonly string[] } | null;
};

/** The evidence that the facts of an ended connection contain. */
export function evidenceOf(seen: Ending & Foreign, style: HealthCheckStyle): Evidence {
  const { header, octets, ended, durationMs, hasStart, tls, request, proxyHeader, via, client } = seen;
  const isTerminated = tls?.terminated === true;
  const peer = via ?? client;
  return {
    style,
    header,
    received: octets.received,
    clientSent: ended.clientSent,
    durationMs,
    hasStart,
    overTls: isTerminated && tls.version !== null,
    source: peer === null ? null : hostOf(peer),
    requestLine: request?.line ?? null,
    userAgent: request?.userAgent ?? null,
    hello:
      tls === null
        ? null
        : { servername: tls.servername, alpn: tls.alpn, length: isTerminated ? null : recordLength(header) },
    proxyHeader,
  };
}

/** The length of a TLS record, with the 5 octets before its content. */
function recordLength(header: Uint8Array): number | null {
  return header.length < 5 ? null : 5 + (header[3] as number) * 256 + (header[4] as number);
}
