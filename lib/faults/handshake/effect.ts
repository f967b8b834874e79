import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import type { Moment } from '../moment.js';
import type { Side } from './fault-actions.js';

/** What a gate wants done, in this order. */
export type Effect =
  /** The octets are a view of what came, or its own. */
  | { readonly type: 'send'; readonly to: Side; readonly octets: Uint8Array }
  /**
   * End a side: `fin` ends the writing, behind what was sent. `byFault` false: the other side's end is carried on.
   * An upstream that has not been dialled is then never dialled.
   */
  | { readonly type: 'end'; readonly side: Side; readonly close: Close; readonly byFault: boolean }
  /** Read nothing more of a side until `resume`. */
  | { readonly type: 'pause' | 'resume'; readonly side: Side }
  /** Call `fired(id)` after `ms`, unless cancelled. */
  | { readonly type: 'timer'; readonly id: number; readonly ms: number }
  | { readonly type: 'cancel'; readonly id: number }
  /** For the report: a fault acted. */
  | { readonly type: 'acted'; readonly fault: string; readonly at: Moment }
  /** For the report: a fault ended the connection for its client. `imitates`: the reason that it stands for. */
  | {
      readonly type: 'ended';
      readonly fault: string;
      readonly imitates: Reason | null;
      readonly connectionClose: { readonly code: number; readonly text: string } | null;
    };
