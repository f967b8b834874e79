import type { ConnectionMethod } from '../../amqp/connection-methods.js';
import type { Dialect } from '../../amqp/dialect.js';
import type { FieldTable } from '../../amqp/field-table.js';
import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import type { Moment } from '../moment.js';

/** The two sides of a connection. */
export type Side = 'client' | 'upstream';

/** What makes a moment: octets of the header, or a frame with its method. Nothing at `accept`. */
export type Trigger = {
  readonly moment: Moment;
  readonly octets: Uint8Array;
  readonly method: ConnectionMethod | null;
};

/** What faults need to know of the proxy. */
export type Setting = {
  readonly dialect: Dialect;
  /** How the proxy ends a refused client. */
  readonly close: Close;
  /** ms */
  readonly handshakeTimeout: number;
  /** Whether the classifier lets a header go on. */
  readonly accepts: (header: Uint8Array) => boolean;
};

/** What the two sides have negotiated so far, as far as faults need it. */
export type Negotiated = {
  readonly mechanism: string | null;
  /** Seconds, as the client answered Tune. */
  readonly heartbeat: number | null;
  readonly clientProperties: FieldTable | null;
};

/** What a frame is, told from its first octets. `ids`: class and method, null for what is no method. */
export type FrameHead = {
  readonly type: number;
  readonly channel: number;
  readonly ids: readonly [classId: number, methodId: number] | null;
};

/** Looks at every frame of a direction. `keep` stores the frame until it is released. */
export type FrameFilter = (frame: FrameHead) => 'pass' | 'drop' | 'keep';

/** A filter that is in place. */
export interface Filtering {
  /** Passes on what was kept of a channel, in order, at the next frame boundary. */
  release(channel: number): void;
  /** Takes the filter away and passes on all that was kept. */
  remove(): void;
}

/** What a fault of the handshake can do to its connection; the list is closed. */
export interface FaultActions {
  readonly trigger: Trigger;
  readonly setting: Setting;
  readonly negotiated: Negotiated;
  /** The direction that the fault was added to. */
  readonly stream: 'upstream' | 'downstream';
  /** Passes on other octets in place of the trigger. */
  rewrite(octets: Uint8Array): void;
  /** Does the same to the trigger of a later moment, if it comes. */
  rewriteAt(moment: Moment, rewrite: (trigger: Trigger) => Uint8Array): void;
  /** Ends the client, after these octets; the upstream is ended as politely as its stage allows, or never dialled. */
  endClient(close: Close, farewell?: Uint8Array, imitates?: Reason): void;
  /** Says Connection.Close to the client, waits for its Close-Ok, then ends it. `timeout` in ms. */
  closeClient(method: ConnectionMethod & { name: 'connection.close' }, timeout: number, close: Close): void;
  /** The client hears nothing for `ms`, 0 for ever; what it is not told is kept. */
  stall(ms: number, then: Close | 'resume'): Undo;
  /** Says something to the client between two frames of its broker. */
  insert(octets: Uint8Array): void;
  filter(side: Side, filter: FrameFilter): Filtering;
  /** @returns what cancels it */
  after(ms: number, then: () => void): Undo;
}

/** Takes back what can be taken back, when the fault is removed. */
export type Undo = () => void;

// biome-ignore lint/suspicious/noConfusingVoidType: most acts cannot be undone and return nothing.
export type HandshakeAct = (actions: FaultActions) => Undo | void;
