import { type ErlangTerm, prettyPrint } from './erlang-pretty.js';
import type { Reason } from './reason.js';

/**
 * `AMQP` read as the beginning of a frame. 0-9-1: type 65, and a size that begins with `P` and the first octets of the
 * version. AMQP 1.0: the size, or the first octets of the header.
 */
const READ_AS_FRAME = /\btype 65, all octets = <<>>: \{frame_too_large,1342\d{6},|\(1095586128 bytes\)|<<65,77,81,80,/;

/** Whether the broker's error is that the client sent a protocol header where a frame was due. */
export function isSecondHeader(reason: Reason): boolean {
  const text = errorOf(reason);
  return text !== null && READ_AS_FRAME.test(text.replace(/\s+/g, ' '));
}

function errorOf(reason: Reason): string | null {
  if ('tls' in reason || 'proxyHeader' in reason) return null;
  switch (reason.name) {
    case 'handshake_error': {
      const { failure } = reason;
      if (failure.type === 'error') return failure.error.explanation;
      return failure.type === 'amqp10' ? printed(failure.term) : null;
    }
    case 'frame_error':
      return 'term' in reason ? printed(reason.term) : reason.error.text;
    case 'connection_closed':
      return reason.error?.text ?? null;
    default:
      return null;
  }
}

const printed = (term: ErlangTerm): string => prettyPrint(term, { letter: '~p', width: 0 });
