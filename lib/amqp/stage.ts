/** How far a connection got, as RabbitMQ's `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** The stages while a connection is opened, after its protocol header. */
export type OpeningState = Extract<Stage, 'starting' | 'securing' | 'tuning' | 'opening'>;
