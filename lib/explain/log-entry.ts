/** One entry of a broker's log, without the prefixes of its lines. */
export type LogEntry = {
  /** ms since 1970; null if the entry has no time. */
  readonly at: number | null;
  /** RabbitMQ's level; null if the entry does not say. `report`: a heading of 3.6 stands for several levels. */
  readonly level: 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | null;
  /** The message. Its lines are joined with `\n`. */
  readonly text: string;
};
