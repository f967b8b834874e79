/** How far a connection got, in RabbitMQ's words for `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** RabbitMQ's `connection_state` while a connection is opened. */
export type OpeningState = Extract<Stage, 'starting' | 'securing' | 'tuning' | 'opening'>;
