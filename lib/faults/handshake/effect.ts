import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import type { Moment } from '../moment.js';
import type { Side } from './fault-actions.js';

/** What the caller of a gate must do, in this order. */
export type Effect =
  /** The octets may be a view of octets that the gate received. */
  | { readonly type: 'send'; readonly to: Side; readonly octets: Uint8Array }
  /**
   * Close a side: `fin` closes it for writing, after everything that was sent. `byFault` false: the close of the other
   * side is relayed. An upstream that has not been connected to is then never connected to. `isTruncated`: inside TLS, no
   * close_notify precedes the FIN.
   */
  | {
      readonly type: 'end';
      readonly side: Side;
      readonly close: Close;
      readonly byFault: boolean;
      readonly isTruncated?: true;
    }
  /** Stop reading from a side until `resume`. */
  | { readonly type: 'pause' | 'resume'; readonly side: Side }
  /** Call `fired(id)` after `ms`, unless cancelled. */
  | { readonly type: 'timer'; readonly id: number; readonly ms: number }
  | { readonly type: 'cancel'; readonly id: number }
  /** For the report: a fault acted. */
  | { readonly type: 'acted'; readonly fault: string; readonly at: Moment }
  /** For the report: a fault ended the connection for its client. `imitates`: the reason to report. */
  | {
      readonly type: 'ended';
      readonly fault: string;
      readonly imitates: Reason | null;
      readonly connectionClose: { readonly code: number; readonly text: string } | null;
    };
