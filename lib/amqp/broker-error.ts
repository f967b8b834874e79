import type { Stage } from './stage.js';

/** The error that a broker reports in its Close. */
export type BrokerError = {
  readonly code: number;
  readonly text: string;
  /** The class and method that caused the error; 0 if none did. */
  readonly classId: number;
  readonly methodId: number;
  /** The channel of the client's last frame. */
  readonly channel: number;
  /** The stage in which the Close was received. */
  readonly stage: Stage;
};

/** The AMQP 1.0 counterpart: the error in a broker's `close`. */
export type Amqp10Error = {
  readonly condition: string;
  readonly text: string;
  /** The channel of the client's last frame. */
  readonly channel: number;
  readonly stage: Stage;
};
