import type { Reason } from '../amqp/reason.js';
import type { HeaderFailure } from '../proxy-protocol/failure.js';

/**
 * Why a connection ended without the required PROXY header. RabbitMQ has no separate reasons for this: they are the
 * same as for a missing AMQP header.
 *
 * @param first the client's first octets
 */
export function proxyHeaderReason(failure: HeaderFailure, first: Uint8Array): Reason {
  return { name: nameOf(failure, first), proxyHeader: failure };
}

function nameOf(failure: HeaderFailure, first: Uint8Array): Extract<Reason, { proxyHeader: unknown }>['name'] {
  switch (failure.why) {
    case 'timeout':
      return 'handshake_timeout';
    case 'closed':
      return first.length === 0 ? 'connection_closed_with_no_data_received' : 'connection_closed_abruptly';
    case 'missing':
    case 'untrusted':
    case 'malformed':
      return 'bad_header';
    default:
      return failure satisfies never;
  }
}
