/** Why a connection did not have the PROXY header that it requires. */
export type HeaderFailure =
  /** `timeout`: in ms */
  | { readonly why: 'timeout'; readonly timeout: number }
  /** The client closed the connection before its PROXY header was complete. */
  | { readonly why: 'closed' }
  /** The first octets are not a PROXY header. */
  | { readonly why: 'missing' }
  /** PROXY headers from this client's address are not accepted. */
  | { readonly why: 'untrusted' }
  /** `problem`: in RabbitMQ's words. */
  | { readonly why: 'malformed'; readonly problem: string };

/** What RabbitMQ logs about it instead of an accepting and a closing entry. */
export function failureTerm(failure: HeaderFailure): string {
  return `error when receiving proxy header: ${whatOf(failure)}`;
}

/** Why the process of a RabbitMQ that does not expect failures (3.7.10 to 3.7.12) crashes. */
export function crashTerm(failure: HeaderFailure): string {
  switch (failure.why) {
    case 'timeout':
      return '{badmatch,{error,timeout}}';
    case 'closed':
      return '{badmatch,{error,closed}}';
    default:
      return `{badmatch,{error,protocol_error,${whatOf(failure)}}}`;
  }
}

/** @see rabbit_networking.erl, `failed_to_recv_proxy_header`; ranch_proxy_header.erl, `parse` */
function whatOf(failure: HeaderFailure): string {
  switch (failure.why) {
    case 'timeout':
      return 'timeout';
    case 'closed':
      return 'TCP socket was closed prematurely';
    case 'missing':
    case 'untrusted':
      return "'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'";
    case 'malformed':
      return `'${failure.problem}'`;
    default:
      return failure satisfies never;
  }
}
