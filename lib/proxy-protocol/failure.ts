/** Why no PROXY header was taken from a connection that must begin with one. */
export type HeaderFailure =
  /** In so many ms. */
  | { readonly why: 'timeout'; readonly timeout: number }
  /** The client closed first. */
  | { readonly why: 'closed' }
  | { readonly why: 'missing' }
  /** Nothing that this client sends is taken for a PROXY header. */
  | { readonly why: 'untrusted' }
  | { readonly why: 'malformed'; readonly problem: string };

const TERM = 'error when receiving proxy header: ';

/** What RabbitMQ logs of it, at debug, in place of an accepting and a closing entry. */
export function failureTerm(failure: HeaderFailure): string {
  return `${TERM}${whatOf(failure)}`;
}

/** Whether a reason's term tells that no PROXY header was taken. */
export function isFailureTerm(term: string | null): term is string {
  return term?.startsWith(TERM) === true;
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
