import { type Dialect, negotiate } from './dialect.js';
import { HEADER_LENGTH, type Quad, quadOf } from './header.js';
import { appendHeader } from './header-octets.js';
import type { Reason } from './reason.js';

/** The rules that the classifier applies. */
export type HeaderRules = {
  readonly dialect: Dialect;
  /** Whether the AMQP 1.0 plugin of a 3.x broker is enabled. */
  readonly amqp10: boolean;
  /**
   * Version quads that are left to the broker, because it is not yet known whether it accepts them. They are forwarded,
   * whatever the dialect says.
   */
  readonly undecided: readonly Quad[];
};

/** What the classifier decides about a connection. */
export type Verdict =
  /** Fewer than 8 octets and no end: RabbitMQ never decides earlier, whatever the octets are. */
  | { readonly type: 'wait' }
  | { readonly type: 'forward'; readonly quad: Quad }
  | { readonly type: 'refuse'; readonly reason: Reason; readonly farewell: Uint8Array }
  /** The client ended the connection before there was a decision to make. */
  | { readonly type: 'none'; readonly reason: Reason };

/** The events of a connection before its verdict. RabbitMQ treats FIN and RST alike. */
export type Input =
  | { readonly type: 'data'; readonly octets: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'timeout' };

/** The state: `seen` holds at most the first 8 octets; any verdict except `wait` is final. */
export type Step = { readonly seen: Uint8Array; readonly verdict: Verdict };

const NOTHING = new Uint8Array(0);
const WAIT: Verdict = { type: 'wait' };

/** The state of a connection that has just been accepted. */
export const ACCEPTED: Step = { seen: NOTHING, verdict: WAIT };

/**
 * The classifier: RabbitMQ's decision about the first 8 octets. It follows RabbitMQ's clauses in their order.
 *
 * @see rabbit_reader.erl, `handle_input(handshake, _)`, `version_negotiation`, `handle_other(handshake_timeout, _)`,
 *   `mainloop` (end of the stream)
 */
export function step({ seen, verdict }: Step, input: Input, rules: HeaderRules): Step {
  if (verdict.type !== 'wait') return { seen, verdict };
  switch (input.type) {
    case 'data': {
      const octets = appendHeader(seen, input.octets);
      return { seen: octets, verdict: octets.length < HEADER_LENGTH ? WAIT : classifyHeader(octets, rules) };
    }
    case 'end':
      return {
        seen,
        verdict: {
          type: 'none',
          reason:
            seen.length === 0
              ? { name: 'connection_closed_with_no_data_received' }
              : { name: 'connection_closed_abruptly' },
        },
      };
    case 'timeout':
      return {
        seen,
        verdict: {
          type: 'refuse',
          reason: { name: 'handshake_timeout', callback: { name: 'handshake' } },
          farewell: NOTHING,
        },
      };
    default:
      return input satisfies never;
  }
}

function classifyHeader(octets: Uint8Array, { dialect, amqp10, undecided }: HeaderRules): Verdict {
  const quad = quadOf(octets);
  if (!quad) {
    const reason: Reason = { name: 'bad_header', detail: detect(octets), octets };
    return { type: 'refuse', reason, farewell: dialect.badHeaderFarewell };
  }
  const outcome = negotiate(quad, dialect, amqp10);
  if (outcome === 'accept' || undecided.some((other) => other.every((octet, at) => octet === quad[at]))) {
    return { type: 'forward', quad };
  }
  return { type: 'refuse', reason: refusal(outcome.reason, quad), farewell: outcome.farewell };
}

/** What 4.1 and later recognize in a bad header: HTTP only by `GET `, TLS only by a ClientHello. */
export function detect(octets: Uint8Array): 'detected_http_get' | 'detected_tls' | 'other' {
  const [a, b, c, d, , f] = octets;
  if (a === 0x47 && b === 0x45 && c === 0x54 && d === 0x20) return 'detected_http_get';
  if (a === 0x16 && b === 0x03 && f === 0x01) return 'detected_tls';
  return 'other';
}

function refusal(
  name: 'bad_version' | 'sasl_required' | 'amqp1_0_plugin_not_enabled' | 'unsupported_amqp1_0_protocol_id',
  quad: Quad,
): Reason {
  switch (name) {
    case 'bad_version':
      return { name, quad };
    case 'amqp1_0_plugin_not_enabled':
      return { name };
    case 'sasl_required':
    case 'unsupported_amqp1_0_protocol_id':
      return { name, protocolId: quad[0] };
    default:
      return name satisfies never;
  }
}
