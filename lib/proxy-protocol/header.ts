/**
 * What a PROXY header says, in either version.
 *
 * @see https://www.haproxy.org/download/3.3/doc/proxy-protocol.txt, sections 2.1 and 2.2
 */
export type ProxyHeader = {
  /** `local`: the connection is the balancer's own, a health check for example. Version 2 only. */
  readonly command: 'proxy' | 'local';
  /** The two ends of the client's connection to the balancer, as `127.0.0.1:5672`; null when they are not told. */
  readonly ends: Ends | null;
};

export type Ends = { readonly source: string; readonly destination: string };

/** The first octets of version 1. */
export const SIGNATURE_V1 = Uint8Array.from('PROXY ', (letter) => letter.charCodeAt(0));

/** The first octets of version 2: CR LF CR LF NUL CR LF `QUIT` LF. */
export const SIGNATURE_V2 = Uint8Array.from('\r\n\r\n\0\r\nQUIT\n', (letter) => letter.charCodeAt(0));

/** A line of version 1 is at most so long, with CR LF. */
export const LONGEST_V1 = 107;

/** Octets of version 2 before the addresses. */
export const FIXED_V2 = 16;
