import type { Family } from '../row.js';

const failed = (what: string): string => `error when receiving proxy header: ${what}`;

/** Failures of the PROXY protocol on a listener that requires it. */
export const PROXY_HEADER: Family = {
  title: 'The PROXY protocol',
  intro:
    'With `proxy_protocol = true`, every client must begin with a PROXY header. The entries are at debug level and do not name the client.',
  of: 'entry',
  begins: /^(?:error when receiving proxy header|\{badmatch,\{error,|\{?failed_to_recv_proxy_header)/,
  rows: [
    {
      name: 'proxy_header_timeout',
      reason: 'handshake_timeout',
      examples: [failed('timeout'), '{badmatch,{error,timeout}}'],
      pattern: /timeout/,
      what: 'A client connected to a listener with the PROXY protocol and sent no PROXY header within 3 s.',
      cause:
        'A health check that stays connected, or a client that connects directly instead of through the load balancer and waits.',
      worry: 'maybe',
      fix: 'Let the load balancer send the header (HAProxy `send-proxy-v2`), or set `proxy_protocol = false` if there is none.',
    },
    {
      name: 'proxy_header_closed',
      reason: 'connection_closed_abruptly',
      examples: [failed('TCP socket was closed prematurely'), '{badmatch,{error,closed}}'],
      pattern: /closed/,
      what: 'A client connected to a listener with the PROXY protocol and left before its PROXY header was complete.',
      cause: 'A TCP health check or port scan.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'proxy_header_missing',
      reason: 'bad_header',
      examples: [
        failed("'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'"),
        "{badmatch,{error,protocol_error,'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'}}",
      ],
      pattern: /signature was not recognized/,
      what: 'A client connected to a listener with the PROXY protocol and sent something else first.',
      cause:
        'A client that connects directly instead of through the load balancer, or a load balancer that does not send the header.',
      worry: 'yes',
      fix: 'Switch it on in the load balancer (HAProxy: `server ... send-proxy-v2`), or set `proxy_protocol = false`. RabbitMQ cannot accept both on one listener.',
    },
    {
      name: 'proxy_header_malformed',
      reason: 'bad_header',
      examples: [failed("'Malformed or invalid PROXY protocol header line. (PP 2.1)'")],
      pattern: /^/,
      what: 'A client sent a malformed PROXY header to a listener with the PROXY protocol.',
      cause: 'A load balancer with a defect or an unusual version of the protocol.',
      worry: 'yes',
      fix: 'Use the other version of the protocol in the load balancer (`send-proxy` or `send-proxy-v2`).',
    },
  ],
};
