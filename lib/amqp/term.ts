import type { Dialect } from './dialect.js';
import { printBinary, printTuple } from './erlang.js';
import type { Reason, TlsFailure } from './reason.js';

/**
 * What a broker of that dialect prints for a reason: the text of its closing entry after the first line.
 *
 * @returns null for an orderly end, which has no such text; for the proxy's own reasons their name
 */
export function termOf(reason: Reason, dialect: Dialect): string | null {
  if ('tls' in reason) return tlsTerm(reason.tls);
  switch (reason.name) {
    case 'connection_closed_abruptly':
      // The internal term is never printed; this sentence is.
      return 'client unexpectedly closed TCP connection';
    case 'bad_header':
      return badHeader(reason, dialect);
    case 'bad_version':
      return printTuple('bad_version', printTuple(...reason.quad));
    case 'sasl_required':
      return `RabbitMQ requires SASL security layer (expected protocol ID 3, but client sent protocol ID ${reason.protocolId})`;
    case 'unsupported_amqp1_0_protocol_id':
      return printTuple('unsupported_amqp1_0_protocol_id', reason.protocolId);
    case 'handshake_timeout':
      return printTuple('handshake_timeout', reason.callback);
    case 'connection_closed':
      return null;
    case 'connection_closed_with_no_data_received':
    case 'amqp1_0_plugin_not_enabled':
    case 'upstream_unreachable':
    case 'upstream_closed':
    case 'limit':
    case 'shutdown':
      return reason.name;
    default:
      return reason satisfies never;
  }
}

/** A broker's reader prints none of these. */
function tlsTerm(failure: TlsFailure): string {
  switch (failure.type) {
    case 'no_tls':
      return failure.term;
    case 'timeout':
      return printTuple('handshake_timeout', 'tls');
    case 'closed':
      return 'client unexpectedly closed TCP connection';
    case 'failed':
      return failure.code;
    default:
      return failure satisfies never;
  }
}

type BadHeader = Extract<Reason, { name: 'bad_header'; octets: Uint8Array }>;

function badHeader({ detail, octets }: BadHeader, dialect: Dialect): string {
  const printed = printBinary(octets, dialect.badHeaderLetter);
  if (!dialect.detectsPeers) return printTuple('bad_header', printed);
  switch (detail) {
    case 'detected_tls':
      return 'TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.';
    case 'detected_http_get':
      return 'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.';
    case 'other':
      return `client did not start with AMQP protocol header: ${printed}`;
    default:
      return detail satisfies never;
  }
}
