/** How far a connection got, as RabbitMQ's `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** The stages while a connection is opened, after its protocol header. */
export type OpeningState = Extract<Stage, 'starting' | 'securing' | 'tuning' | 'opening'>;

const OPENING_STATES: readonly OpeningState[] = ['starting', 'securing', 'tuning', 'opening'];

/** Whether a connection reaches `one` after `other`. */
export function isLater(one: OpeningState, other: OpeningState): boolean {
  return OPENING_STATES.indexOf(one) > OPENING_STATES.indexOf(other);
}

/** The state after each method from the client, once the broker has accepted it. */
export const STATE_AFTER: { readonly [method: string]: OpeningState } = {
  'connection.start_ok': 'tuning',
  'connection.secure_ok': 'tuning',
  'connection.tune_ok': 'opening',
};
