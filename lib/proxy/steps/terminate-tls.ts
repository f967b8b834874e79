import { ERLANG_TLS } from '../../tls/erlang-tls.js';
import type { Termination } from '../../tls/tls-settings.js';
import type { Session } from '../session.js';
import { terminate } from '../tls-handshake.js';
import type { StepResult } from './step.js';

/** Ends TLS here, where the proxy has a certificate. Later steps see the client inside TLS. */
export function terminateTls(session: Session): StepResult | Promise<StepResult> {
  const { tls } = session.context;
  return tls === null ? undefined : shakeHands(session, tls);
}

async function shakeHands(session: Session, termination: Termination): Promise<StepResult> {
  const { accepted, handshakeAt: since, context, rules } = session;
  const erlang = ERLANG_TLS[rules.dialect.otp];
  const done = await terminate(accepted, termination, erlang, context.clock, { since, first: session.takeRead() });
  session.restartHandshake();
  session.tlsEnded(done.hello);
  if (done.client === null) {
    const { header, request, decision, reason, by, farewell, close } = done;
    session.sawHeader(header);
    session.request = request;
    return { decision, reason, inferred: false, by, farewell, close };
  }
  session.peer = done.client;
  // Octets come in a later turn, when the next step is listening.
  done.client.begin();
  return undefined;
}
