import { dialectOf } from '../../lib/amqp/dialect.js';
import type { Facts } from '../../lib/report/facts.js';
import type { Report } from '../../lib/report/report.js';
import { reportOf } from '../../lib/report/report-of.js';

/** A time that is printed with the same minutes and seconds in every time zone with a whole-hour offset. */
export const AT = Date.UTC(2026, 10, 23, 5, 57, 7, 527);

/** The facts of a client that sent nothing until the handshake timeout, with the given changes. */
export const factsOf = (facts: Partial<Facts> = {}): Facts => ({
  id: 'a-7',
  proxy: 'amqp',
  at: AT,
  durationMs: 10_003.1,
  client: '11.11.11.1:57752',
  via: null,
  listen: '11.11.11.15:5672',
  destination: null,
  upstream: null,
  decision: 'refuse',
  stage: 'header',
  dialect: dialectOf('3.6'),
  reason: { name: 'handshake_timeout', callback: { name: 'handshake' } },
  inferred: false,
  header: new Uint8Array(),
  ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
  octets: { received: 0, sent: 0 },
  timing: { headerMs: null, upstreamConnectMs: null, startMs: null, tuneMs: null, tuneOkMs: null, openMs: null },
  handshake: null,
  connectionClose: null,
  unreadable: null,
  vanished: false,
  upstreamAddress: null,
  isLocal: false,
  healthCheckAnswer: null,
  proxyHeader: null,
  request: null,
  fault: null,
  faults: [],
  explained: [],
  omitted: null,
  hasStart: false,
  hasStartOk: false,
  hasChannel: false,
  due: null,
  handshakeTimeout: 10_000,
  sendsProxyHeader: false,
  tls: null,
  ...facts,
});

/** The report of such a client. */
export const reportWith = (facts: Partial<Facts> = {}): Report => reportOf(factsOf(facts));

/** Which side ended a connection, and how. */
export const ended = (
  by: Report['ended']['by'],
  clientSent: 'fin' | 'rst' | null,
  clientSaw: 'fin' | 'rst' | null,
): Report['ended'] => ({ by, clientSent, clientSaw, upstreamSent: null, upstreamSaw: null });
