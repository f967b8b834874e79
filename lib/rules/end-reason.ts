import { detect } from '../amqp/classifier.js';
import { isAmqp10, type Quad } from '../amqp/header.js';
import type { Reason } from '../amqp/reason.js';

/** What is known of a forwarded connection when it is over. */
export type End = {
  /** Who closed TCP first. */
  readonly by: 'client' | 'upstream' | 'proxy';
  /** Octets that came from the client. */
  readonly received: number;
  readonly stopped: boolean;
  /** Why the upstream could not be reached. */
  readonly unreachable: string | null;
  /** A Close-Ok was the last thing that one side said. */
  readonly closedOrderly: boolean;
  /** The client's first 8 octets at most. */
  readonly header: Uint8Array;
  /** The version quad with which the upstream answered the header, if it did. */
  readonly answer: Quad | null;
  /** The client's version quad, if its header had one. */
  readonly quad: Quad | null;
};

/** Why a forwarded connection ended, told from the wire. */
export function endReason(end: End): { readonly reason: Reason; readonly inferred: boolean } {
  if (end.unreachable !== null) return certain({ name: 'upstream_unreachable', code: end.unreachable });
  if (end.stopped) return certain({ name: 'shutdown' });
  if (end.closedOrderly) return certain({ name: 'connection_closed' });
  const refusal = brokerRefusal(end);
  if (refusal) return { reason: refusal, inferred: true };
  if (end.by === 'upstream') return certain({ name: 'upstream_closed' });
  if (end.received === 0) return certain({ name: 'connection_closed_with_no_data_received' });
  return certain({ name: 'connection_closed_abruptly' });
}

const certain = (reason: Reason) => ({ reason, inferred: false });

/** Why the broker refused a header that was left to it: it answered with another header than it was sent. */
function brokerRefusal({ header, quad, answer }: End): Reason | undefined {
  if (answer === null || header.length < 8) return undefined;
  if (quad === null) return { name: 'bad_header', detail: detect(header), octets: header };
  if (quad.every((octet, at) => octet === answer[at])) return undefined;
  if (!isAmqp10(quad)) return { name: 'bad_version', quad };
  // 3.x without the plugin answers AMQP 0 0 9 1, 4.x asks for SASL.
  return answer[0] === 3 ? { name: 'sasl_required', protocolId: quad[0] } : { name: 'amqp1_0_plugin_not_enabled' };
}
