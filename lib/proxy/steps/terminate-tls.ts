import { hostOf } from '../../text/address-of.js';
import { ERLANG_TLS } from '../../tls/erlang-tls.js';
import type { Termination } from '../../tls/tls-settings.js';
import { TlsFaults } from '../faulted/tls-faults.js';
import { keepWaiting } from '../keep-waiting.js';
import { NO_FAREWELL } from '../outcome.js';
import type { SecuredClient } from '../peer/secured-client.js';
import type { Session } from '../session.js';
import { terminate } from '../tls-handshake.js';
import type { StepResult } from './step.js';

/** Ends TLS here, where the proxy has a certificate. Faults act before, during and after it. Later steps see the client inside TLS. */
export function terminateTls(session: Session): StepResult | Promise<StepResult> {
  const { tls } = session.context;
  return tls === null ? undefined : shakeHands(session, tls);
}

async function shakeHands(session: Session, termination: Termination): Promise<StepResult> {
  const { accepted, handshakeAt: since, context, rules } = session;
  const { clock, handshakeTimeout } = context;
  const options = { source: session.source, handshakeTimeout, address: hostOf(session.listen) };
  const faults = new TlsFaults(session.faults, context.faults, clock, options);
  session.tlsFaults = faults;
  const erlang = ERLANG_TLS[rules.dialect.otp];
  const first = session.takeRead();
  const done = await terminate(accepted, termination, erlang, clock, { since, first, faults });
  session.restartHandshake();
  session.tlsEnded(done.hello);
  if (done.client === null) {
    const { header, request } = done;
    session.sawHeader(header);
    session.request = request;
    if (done.decision === 'fault') return undefined;
    const { decision, reason, by, farewell, close } = done;
    return { decision, reason, inferred: false, by, farewell, close };
  }
  session.peer = done.client;
  await secured(session, done.client, faults);
  session.tlsFaults = undefined;
  return undefined;
}

/** The TLS handshake is complete, and nothing was read inside TLS. */
async function secured(session: Session, client: SecuredClient, faults: TlsFaults): Promise<void> {
  const acting = faults.reached('secured', {
    end: (close, isTruncated) => {
      if (close === 'fin') client.dismiss(NO_FAREWELL, 'fin', isTruncated);
      else client.reset();
    },
  });
  // Octets come in a later turn, when the next step is listening.
  if (acting === null) client.begin();
  else {
    session.readBefore = await keepWaiting(client, acting, () => faults.left());
    session.restartHandshake();
  }
}
