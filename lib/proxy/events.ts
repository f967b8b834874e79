import type { Dialect } from '../amqp/dialect.js';
import type { Stage } from '../amqp/follower.js';
import type { Report } from '../report/report.js';

/** A connection has begun as RabbitMQ sees it: with its first octet, or with its end if that came first. */
export type Accepting = {
  readonly id: string;
  readonly proxy: string;
  /** ms since 1970 */
  readonly time: number;
  readonly client: string | null;
  /** The address that the client reached. */
  readonly listen: string;
  readonly dialect: Dialect;
  /** The first thing that happened was the end: brokers log such a connection at debug. */
  readonly byEnd: boolean;
};

/** A connection has reached a stage. */
export type StageReached = { readonly id: string; readonly proxy: string; readonly stage: Stage };

/** A proxy has learned whose dialect it speaks, or that it was another one than it thought. */
export type DialectLearned = { readonly proxy: string; readonly product: string; readonly version: string };

/** What the data path says. Log, metrics and history listen; it knows none of them. */
export type ProxyEvents = {
  accepting: [accepting: Accepting];
  stage: [reached: StageReached];
  report: [report: Report];
  learned: [learned: DialectLearned];
  /** The listener could not accept a connection, for example for want of descriptors. It goes on. */
  acceptFailed: [failure: { readonly proxy: string; readonly code: string }];
};
