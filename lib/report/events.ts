import type { Dialect } from '../amqp/dialect.js';
import type { Handshake } from '../amqp/handshake.js';
import type { Reason } from '../amqp/reason.js';
import type { Stage } from '../amqp/stage.js';
import type { Learned } from '../rules/header-rules.js';
import type { FaultHit, Report } from './report.js';

/** An event of an open connection. */
type Event = {
  readonly id: string;
  readonly proxy: string;
  /** ms since 1970, with microseconds within one connection */
  readonly time: number;
  readonly client: string | null;
  /** Local address that the client connected to. */
  readonly listen: string;
  readonly dialect: Dialect;
  /**
   * The dialect whose log format the entries of the proxy have now. With the dialect `auto` the format changes once, so
   * this can be a newer one than that of a connection. @defaultValue `dialect`
   */
  readonly form?: Dialect;
};

/** A connection began as RabbitMQ sees it: with its first octet, or with its end if that came first. */
export type Accepting = Event & {
  /** Whether the connection ended before its first octet. Brokers log such a connection at debug. */
  readonly byEnd: boolean;
};

/** An event of a connection that is followed. */
type Followed = Event & { readonly protocol: '0-9-1' | '1.0'; readonly handshake: Handshake };

/** A connection reached a stage. */
export type StageReached = Followed & { readonly stage: Stage };

/** The client sent Start-Ok, which may name the connection. The broker has not answered the login yet. */
export type Introduced = Followed;

/** The broker detected an error on a connection that is still open: its log has `Error on AMQP connection`. */
export type ConnectionError = Followed & { readonly reason: Reason };

/** A fault acted on a connection. */
export type FaultActed = Event & { readonly fault: FaultHit; readonly stage: Stage };

/** A proxy identified its broker, or the broker has changed. */
export type DialectLearned = { readonly proxy: string; readonly learned: Learned };

/** The upstream that a proxy mirrors is up or down, and its own port is open or refused accordingly. */
export type UpstreamState = {
  readonly proxy: string;
  /** The upstream, as named in reports. */
  readonly upstream: string;
  readonly state: 'up' | 'down';
  /** Error code of the operating system; null if it is up. */
  readonly code: string | null;
};

/** What is known about an ended connection and is not in its report. */
export type ReportExtras = {
  /** Octets from and to the upstream; null if none was dialed. */
  readonly upstreamOctets: Report['octets'] | null;
  /** The `at` of the report, in ms since 1970. */
  readonly acceptedAt: number;
  /** As in the other events of a connection. @defaultValue the report's dialect */
  readonly form?: Dialect;
};

/** The events of the data path. Log, metrics and history subscribe to them. */
export type ProxyEvents = {
  accepting: [accepting: Accepting];
  introduced: [introduced: Introduced];
  stage: [reached: StageReached];
  connectionError: [error: ConnectionError];
  faultActed: [acted: FaultActed];
  /** `reason`: the source of the reason in the report. */
  report: [report: Report, reason: Reason, extras: ReportExtras];
  learned: [learned: DialectLearned];
  upstreamState: [state: UpstreamState];
  /**
   * The listener could not accept a connection, for example because no file descriptors were left. It keeps listening.
   */
  acceptFailed: [failure: { readonly proxy: string; readonly code: string }];
};
