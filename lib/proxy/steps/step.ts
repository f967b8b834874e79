import type { Dismissal, Outcome } from '../outcome.js';
import type { Session } from '../session.js';

/** What a step returns: how the connection ended or is to be ended; undefined to continue with the next step. */
export type StepResult = Outcome | Dismissal | undefined;

/** One step of a connection. A step that does not have to wait returns its result and not a promise of it. */
export type Step = (session: Session) => StepResult | Promise<StepResult>;
