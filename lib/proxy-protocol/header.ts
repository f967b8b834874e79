/**
 * The content of a PROXY header of either version.
 *
 * @see https://www.haproxy.org/download/3.3/doc/proxy-protocol.txt, sections 2.1 and 2.2
 */
export type ProxyHeader = {
  /** `local`: the load balancer opened the connection itself, for example for a health check. Version 2 only. */
  readonly command: 'proxy' | 'local';
  /** The two ends of the client's connection to the load balancer; null if the header does not contain them. */
  readonly ends: Ends | null;
};

/** Two addresses in the form `127.0.0.1:5672`. */
export type Ends = { readonly source: string; readonly destination: string };

/** The first octets of version 1. */
export const SIGNATURE_V1 = Uint8Array.from('PROXY ', (letter) => letter.charCodeAt(0));

/** The first octets of version 2: CR LF CR LF NUL CR LF `QUIT` LF. */
export const SIGNATURE_V2 = Uint8Array.from('\r\n\r\n\0\r\nQUIT\n', (letter) => letter.charCodeAt(0));

/** Maximum length of a version 1 line in octets, including CR LF. */
export const LONGEST_V1 = 107;

/** Octets of version 2 before the addresses. */
export const FIXED_V2 = 16;
