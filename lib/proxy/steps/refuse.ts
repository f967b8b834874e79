import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import { ERLANG_TLS } from '../../tls/erlang-tls.js';
import { type Dismissal, NO_FAREWELL } from '../outcome.js';
import type { Session } from '../session.js';

/** Decides by the verdict: a client that is refused, or has left, goes no further, and the broker is not dialed for it. */
export function refuse(session: Session): Dismissal | undefined {
  const { verdict, peer } = session;
  const close = closeOf(session);
  switch (verdict?.type) {
    case undefined:
      return undefined;
    case 'refuse':
      return {
        decision: 'refuse',
        reason: verdict.reason,
        inferred: false,
        by: 'proxy',
        farewell: verdict.farewell,
        close,
      };
    case 'none':
      return {
        decision: 'none',
        reason: reasonOf(session, verdict),
        inferred: false,
        by: 'client',
        farewell: NO_FAREWELL,
        close,
      };
    case 'forward': {
      session.isAccepted = true;
      if (peer.sent !== 'rst') return undefined;
      const reason = { name: 'connection_closed_abruptly' } as const;
      return { decision: 'none', reason, inferred: false, by: 'client', farewell: NO_FAREWELL, close: 'rst' };
    }
    default:
      return verdict satisfies never;
  }
}

/** A fault may have kept the client's octets from the classifier. */
function reasonOf({ peer }: Session, { reason }: { readonly reason: Reason }): Reason {
  const isUnseen = reason.name === 'connection_closed_with_no_data_received' && peer.received > 0;
  return isUnseen ? { name: 'connection_closed_abruptly' } : reason;
}

/** The configured close; inside TLS also Erlang's: from OTP 27 on it closes with FIN after its close_notify. */
export function closeOf({ context, rules }: Session): Close {
  return context.tls !== null && ERLANG_TLS[rules.dialect.otp].close === 'fin' ? 'fin' : context.close;
}
