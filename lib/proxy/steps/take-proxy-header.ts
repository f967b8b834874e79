import { proxyHeaderReason } from '../../rules/proxy-header-reason.js';
import { NO_FAREWELL } from '../outcome.js';
import { addressesFrom } from '../proxy-protocol.js';
import { readProxyHeader } from '../read-proxy-header.js';
import type { Session } from '../session.js';
import { TLS_HANDSHAKE_TIMEOUT } from '../tls-dismissals.js';
import type { StepResult } from './step.js';

/** Reads the PROXY header if one is accepted. It identifies the client, and the handshake begins after it. */
export function takeProxyHeader(session: Session): StepResult | Promise<StepResult> {
  const { client } = session.addresses;
  return session.context.proxyProtocol.accept === 'off' || client === null ? undefined : take(session, client);
}

async function take(session: Session, source: string): Promise<StepResult> {
  const { context } = session;
  // Without a PROXY header the TLS handshake may begin at once, and then has its own timeout.
  const handshakeTimeout = context.tls === null ? context.handshakeTimeout : TLS_HANDSHAKE_TIMEOUT;
  const read = await readProxyHeader(session.accepted, source, {
    ...context,
    handshakeTimeout,
    headerTimeout: session.rules.dialect.proxyHeaderTimeout,
  });
  if (read.type === 'failed') {
    const { failure, first } = read;
    session.sawHeader(first);
    // RabbitMQ logs no `accepting` entry for such a connection and sends nothing.
    return {
      ...(failure.why === 'closed'
        ? ({ decision: 'none', by: 'client' } as const)
        : ({ decision: 'refuse', by: 'proxy' } as const)),
      reason: proxyHeaderReason(failure, first),
      inferred: false,
      farewell: NO_FAREWELL,
      close: context.close,
    };
  }
  if (read.type === 'taken') {
    session.addresses = addressesFrom(read.header, source);
    if (read.outline !== null) session.proxyHeader = { ...read.outline, isAccepted: true };
    session.restartHandshake();
  }
  session.readBefore = read.octets;
  return undefined;
}
