import type { Dialect } from '../amqp/dialect.js';
import type { Handshake } from '../amqp/handshake.js';
import type { Reason } from '../amqp/reason.js';
import type { Stage } from '../amqp/stage.js';
import type { Learned } from '../rules/header-rules.js';
import type { FaultHit, Report } from './report.js';

/** What is told of a connection that is open. */
type Event = {
  readonly id: string;
  readonly proxy: string;
  /** ms since 1970, to the microsecond as far as the connection's own clock goes */
  readonly time: number;
  readonly client: string | null;
  /** The address that the client reached. */
  readonly listen: string;
  readonly dialect: Dialect;
};

/** A connection has begun as RabbitMQ sees it: with its first octet, or with its end if that came first. */
export type Accepting = Event & {
  /** The first thing that happened was the end: brokers log such a connection at debug. */
  readonly byEnd: boolean;
};

/** What is told of a connection that is followed. */
type Followed = Event & { readonly protocol: '0-9-1' | '1.0'; readonly handshake: Handshake };

/** A connection has reached a stage. */
export type StageReached = Followed & { readonly stage: Stage };

/** The client of a connection has said who it is, and may have named the connection; its login is not answered yet. */
export type Introduced = Followed;

/** The broker has found fault with a connection that it has not ended yet: its log has `Error on AMQP connection`. */
export type ConnectionError = Followed & { readonly reason: Reason };

/** A fault has acted on a connection. */
export type FaultActed = Event & { readonly fault: FaultHit; readonly stage: Stage };

/** A proxy has learned what is behind it, or that it is another broker than it thought. */
export type DialectLearned = { readonly proxy: string; readonly learned: Learned };

/** What is known of a connection that has ended, and does not stand in its report. */
export type ReportExtras = {
  /** From and to the upstream; null if none was dialled. */
  readonly upstreamOctets: Report['octets'] | null;
  /** A PROXY header said that the connection is the balancer's own. */
  readonly isLocal: boolean;
};

/** What the data path says. Log, metrics and history listen; it knows none of them. */
export type ProxyEvents = {
  accepting: [accepting: Accepting];
  introduced: [introduced: Introduced];
  stage: [reached: StageReached];
  connectionError: [error: ConnectionError];
  faultActed: [acted: FaultActed];
  /** `reason`: what the one in the report was made of. */
  report: [report: Report, reason: Reason, extras: ReportExtras];
  learned: [learned: DialectLearned];
  /** The listener could not accept a connection, for example for want of descriptors. It goes on. */
  acceptFailed: [failure: { readonly proxy: string; readonly code: string }];
};
