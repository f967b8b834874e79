import type { Stage } from './stage.js';

/** What a broker ends a connection for, as its Close says it. */
export type BrokerError = {
  readonly code: number;
  readonly text: string;
  /** The class and method that it names; 0 where none is to blame. */
  readonly classId: number;
  readonly methodId: number;
  /** The channel on which the client last began a frame. */
  readonly channel: number;
  /** The stage at which it came. */
  readonly stage: Stage;
};

/** The same in AMQP 1.0: the error that its `close` carries. */
export type Amqp10Error = {
  readonly condition: string;
  readonly text: string;
  /** The channel of the client's last frame. */
  readonly channel: number;
  readonly stage: Stage;
};
