import type { Close } from '../close.js';
import type { HealthChecks } from '../health-check/health-checks.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import type { ProxyProtocolSettings } from './proxy-protocol.js';

/** How a proxy behaves. Durations are in ms. */
export type ProxySettings = {
  readonly name: string;
  /** Port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Where to dial. Reports show `label`. */
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  /** Null: clients connect without TLS. */
  readonly tls: Termination | null;
  /** Null: the upstream is dialed without TLS. */
  readonly upstreamTls: Origination | null;
  /** Whether its port is refused while the upstream cannot be connected to. */
  readonly mirrorUpstream: boolean;
  readonly mode: 'guard' | 'observe';
  /** `auto`, or a RabbitMQ version. */
  readonly dialect: string;
  readonly amqp10: 'auto' | 'on' | 'off';
  readonly close: Close;
  readonly handshakeTimeout: number;
  readonly connectTimeout: number;
  /** Idle time before the first keepalive probe; 0: no keepalive. */
  readonly tcpKeepAlive: number;
  /** How far connections are followed: to their end, or to Open-Ok. */
  readonly observe: 'all' | 'handshake';
  readonly healthChecks: HealthChecks;
  readonly proxyProtocol: ProxyProtocolSettings;
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxConnectionsPerSource: number;
};
