import type { Evidence } from '../health-check/evidence.js';
import type { HealthCheckStyle } from '../health-check/style.js';
import type { Facts } from './facts.js';

/** The part of the facts about a connection from which the health check that made it can be guessed. */
export function evidenceOf(facts: Facts, style: HealthCheckStyle): Evidence {
  const { header, octets, ended, durationMs, hasStart, request, proxyHeader, tls } = facts;
  const isTerminated = tls?.terminated === true;
  return {
    style,
    header,
    received: octets.received,
    clientSent: ended.clientSent,
    durationMs,
    hasStart,
    overTls: isTerminated && tls.version !== null,
    source: hostOf(facts.via ?? facts.client),
    requestLine: request?.line ?? null,
    userAgent: request?.userAgent ?? null,
    hello:
      tls === null
        ? null
        : { servername: tls.servername, alpn: tls.alpn, length: isTerminated ? null : recordLength(header) },
    proxyHeader,
  };
}

/** `[::1]:5672` → `::1` */
function hostOf(address: string | null): string | null {
  return address === null ? null : address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

/** The length of a TLS record, with the 5 octets before its content. */
function recordLength(header: Uint8Array): number | null {
  return header.length < 5 ? null : 5 + (header[3] as number) * 256 + (header[4] as number);
}
