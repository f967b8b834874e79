import { type Dialect, negotiate } from './dialect.js';
import { HEADER_LENGTH, type Quad, quadOf } from './header.js';
import type { Reason } from './reason.js';

/** Whose rules the classifier runs. */
export type HeaderRules = {
  readonly dialect: Dialect;
  /** Whether the AMQP 1.0 plugin of a 3.x broker is on. */
  readonly amqp10: boolean;
  /**
   * Version quads that the broker behind us shall decide on, because whether it accepts them is not known yet.
   * They are forwarded, whatever the dialect says of them.
   */
  readonly undecided: readonly Quad[];
};

/** What the classifier says of a connection. */
export type Verdict =
  /** Fewer than 8 octets and no end: RabbitMQ never decides earlier, whatever they are. */
  | { readonly type: 'wait' }
  | { readonly type: 'forward'; readonly quad: Quad }
  | { readonly type: 'refuse'; readonly reason: Reason; readonly farewell: Uint8Array }
  /** The client ended it before there was anything to decide. */
  | { readonly type: 'none'; readonly reason: Reason };

/** What can happen to a connection before its verdict. FIN and RST are the same to RabbitMQ. */
export type Input =
  | { readonly type: 'data'; readonly octets: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'timeout' };

/** The state is the octets seen so far, 8 at most; any verdict but `wait` ends the machine. */
export type Step = { readonly seen: Uint8Array; readonly verdict: Verdict };

const NOTHING = new Uint8Array(0);
const WAIT: Verdict = { type: 'wait' };

/** The state of a connection that has just been accepted. */
export const ACCEPTED: Step = { seen: NOTHING, verdict: WAIT };

/**
 * The classifier: RabbitMQ's decision over the first 8 octets, a translation of its clauses in their order.
 *
 * @see rabbit_reader.erl, `handle_input(handshake, _)`, `version_negotiation`, `handle_other(handshake_timeout, _)`,
 *   `mainloop` (the end of the stream)
 */
export function step({ seen, verdict }: Step, input: Input, rules: HeaderRules): Step {
  if (verdict.type !== 'wait') return { seen, verdict };
  switch (input.type) {
    case 'data': {
      const octets = firstOctets(seen, input.octets);
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

function firstOctets(seen: Uint8Array, more: Uint8Array): Uint8Array {
  const octets = new Uint8Array(Math.min(HEADER_LENGTH, seen.length + more.length));
  octets.set(seen);
  octets.set(more.subarray(0, octets.length - seen.length), seen.length);
  return octets;
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

/** What 4.1 and later tell apart in a bad header: only `GET ` of HTTP, and only a ClientHello of TLS. */
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
