import type { HeaderRules } from '../amqp/classifier.js';
import type { Follower } from '../amqp/follower.js';
import type { Reason } from '../amqp/reason.js';
import type { Clock } from '../clock.js';
import type { ProxyFaults } from '../faults/proxy-faults.js';
import type {
  Accepting,
  ConnectionError,
  FaultActed,
  Introduced,
  ReportExtras,
  StageReached,
} from '../report/events.js';
import type { Report } from '../report/report.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import type { ProxyProtocol } from './proxy-protocol.js';

/** What the connections of one proxy share. */
export type ConnectionContext = {
  readonly proxy: string;
  /** The address that all clients reached, or null where each one's own must be asked for (a wildcard listener). */
  readonly listen: string | null;
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  /** Null: clients speak without TLS. */
  readonly tls: Termination | null;
  /** Null: the upstream is spoken to without TLS. */
  readonly upstreamTls: Origination | null;
  readonly mode: 'guard' | 'observe';
  readonly close: 'fin' | 'rst';
  readonly proxyProtocol: ProxyProtocol;
  /** ms */
  readonly handshakeTimeout: number;
  /** ms */
  readonly connectTimeout: number;
  /** How far a connection is followed. */
  readonly observe: 'all' | 'handshake';
  readonly clock: Clock;
  readonly faults: ProxyFaults;
  rules(): HeaderRules;
  accepting(accepting: Accepting): void;
  introduced(introduced: Introduced): void;
  stage(reached: StageReached): void;
  connectionError(error: ConnectionError): void;
  faultActed(acted: FaultActed): void;
  report(report: Report, reason: Reason, extras: ReportExtras): void;
  /** The upstream has said what it is, or answered a header. */
  met(follower: Follower, header: Uint8Array): void;
};
