import type { HeaderRules } from '../amqp/classifier.js';
import type { Dialect } from '../amqp/dialect.js';
import type { Follower } from '../amqp/follower.js';
import type { Clock } from '../clock.js';
import type { Close } from '../close.js';
import type { ProxyFaults } from '../faults/proxy-faults.js';
import type { Answering } from '../health-check/answering.js';
import { answeringOf } from '../health-check/answering.js';
import type { Sources } from '../health-check/sources.js';
import type { ProxyEvents } from '../report/events.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import type { DeferredWork } from './deferred-work.js';
import type { LearnedStarts } from './learned-starts.js';
import type { Lookup } from './lookup.js';
import { type ProxyProtocol, proxyProtocol } from './proxy-protocol.js';
import type { ProxySettings } from './proxy-settings.js';

/** What the connections of one proxy share. Durations are in ms. */
export type ConnectionContext = {
  readonly proxy: string;
  /** The address that every client connects to; null for a wildcard listener, where each socket has its own. */
  readonly listen: string | null;
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  /** Null: clients connect without TLS. */
  readonly tls: Termination | null;
  /** Null: the upstream is dialed without TLS. */
  readonly upstreamTls: Origination | null;
  readonly mode: 'guard' | 'observe';
  readonly close: Close;
  readonly proxyProtocol: ProxyProtocol;
  readonly handshakeTimeout: number;
  readonly connectTimeout: number;
  /** Idle time before the first keepalive probe; 0: no keepalive. */
  readonly tcpKeepAlive: number;
  /** Resolves the upstream's name. */
  readonly lookup: Lookup;
  /** How far a connection is followed: to its end, or to Open-Ok. */
  readonly observe: 'all' | 'handshake';
  readonly clock: Clock;
  /** Reports of connections that have ended. */
  readonly deferred: DeferredWork;
  readonly faults: ProxyFaults;
  /** What each source has done so far; null: this is not remembered. */
  readonly sources: Sources | null;
  /** The rules for the next connection. */
  readonly rules: () => HeaderRules;
  /** The largest payload that the upstream has accepted before Tune-Ok, in octets; 0: not known. Its operator may have raised the limit. */
  readonly accepted: { payload: number };
  /** How health checks are answered; null: like all other connections. */
  readonly answering: Answering | null;
  /** What the upstream answers to good protocol headers. */
  readonly starts: LearnedStarts;
  /** Whether anyone listens to an event. Otherwise it need not be made. */
  readonly isHeard: (name: keyof ProxyEvents) => boolean;
  readonly emit: <Name extends keyof ProxyEvents>(name: Name, ...event: ProxyEvents[Name]) => void;
  /** Called when the upstream could not be dialed. @param code the error codes of the operating system */
  readonly dialFailed: (code: string) => void;
  /**
   * Called when the upstream has identified itself or answered a header.
   *
   * @returns the dialect of the rest of the connection; null: it stays the same
   */
  readonly met: (follower: Follower, header: Uint8Array) => Dialect | null;
};

/** The context of connections that are accepted with these settings. */
export function contextOf(
  settings: ProxySettings,
  proxy: Pick<
    ConnectionContext,
    | 'listen'
    | 'clock'
    | 'deferred'
    | 'lookup'
    | 'faults'
    | 'sources'
    | 'rules'
    | 'accepted'
    | 'starts'
    | 'isHeard'
    | 'emit'
    | 'dialFailed'
    | 'met'
  >,
): ConnectionContext {
  const { name, upstream } = settings;
  // The stand-in needs no PROXY header because it does not use the client's address.
  const send = upstream.label === 'stand-in' ? 'off' : settings.proxyProtocol.send;
  return {
    ...proxy,
    proxy: name,
    upstream,
    tls: settings.tls,
    upstreamTls: settings.upstreamTls,
    mode: settings.mode,
    close: settings.close,
    proxyProtocol: proxyProtocol({ ...settings.proxyProtocol, send }),
    handshakeTimeout: settings.handshakeTimeout,
    connectTimeout: settings.connectTimeout,
    tcpKeepAlive: settings.tcpKeepAlive,
    observe: settings.observe,
    answering: answeringOf(settings.healthChecks),
  };
}
