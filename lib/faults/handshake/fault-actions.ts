import type { ConnectionMethod } from '../../amqp/connection-methods.js';
import type { Dialect } from '../../amqp/dialect.js';
import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import type { MessageAmount, Selection } from '../message/selection.js';
import type { OpenStage } from '../message/stage.js';
import type { Moment } from '../moment.js';

/** The two sides of a connection. */
export type Side = 'client' | 'upstream';

/** The content of a moment: octets of the header, or a frame and its method. At `accept` there are no octets. */
export type Trigger = {
  readonly moment: Moment;
  readonly octets: Uint8Array;
  readonly method: ConnectionMethod | null;
};

/** What faults need to know about the proxy. */
export type Setting = {
  /** That of the broker, as far as it is known. */
  readonly dialect: Dialect;
  /** How the proxy ends a refused client. */
  readonly close: Close;
  /** In ms. */
  readonly handshakeTimeout: number;
  /** Whether the classifier accepts a header. */
  readonly accepts: (header: Uint8Array) => boolean;
};

/** What the two sides have negotiated so far, if a fault needs it. */
export type Negotiated = {
  readonly mechanism: string | null;
  /** The heartbeat in the client's Tune-Ok, in seconds. */
  readonly heartbeat: number | null;
  /** Whether the client announced the capability `connection.blocked`. */
  readonly acceptsBlocked: boolean;
  /** Whether the client announced the capability `consumer_cancel_notify`. */
  readonly acceptsCancel: boolean;
};

/** The information in the first octets of a frame. `ids`: class id and method id; null if it is not a method. */
export type FrameHead = {
  readonly type: number;
  readonly channel: number;
  readonly ids: readonly [classId: number, methodId: number] | null;
};

/** Decides about each frame of a direction. `keep` holds the frame until it is released. */
export type FrameFilter = (frame: FrameHead) => 'pass' | 'drop' | 'keep';

/** An active filter. */
export interface Filtering {
  /** Passes on the frames kept of a channel, in order, at the next frame boundary. */
  release(channel: number): void;
  /** Removes the filter and passes on all frames kept. */
  remove(): void;
}

/** Everything a handshake fault can do to its connection. */
export interface FaultActions {
  readonly trigger: Trigger;
  readonly setting: Setting;
  readonly negotiated: Negotiated;
  /** The direction of the fault. */
  readonly stream: 'upstream' | 'downstream';
  /**
   * Replaces the octets of the trigger.
   *
   * @param method what faults that act later find in them. @defaultValue the method that the octets are decoded to
   */
  rewrite(octets: Uint8Array, method?: ConnectionMethod): void;
  /** Replaces the octets of the trigger of a later moment, if that is reached. */
  rewriteAt(moment: Moment, rewrite: (trigger: Trigger) => Uint8Array): void;
  /**
   * Sends these octets to the client and closes it. The upstream is closed with Connection.Close if its stage allows that;
   * if it has not been connected to yet, it never is.
   */
  endClient(close: Close, farewell?: Uint8Array, imitates?: Reason): void;
  /** The same with a FIN that no close_notify precedes inside TLS: TLS calls that a truncation. */
  truncateClient(): void;
  /** Sends Connection.Close to the client, waits for its Close-Ok, then closes it. `timeout` in ms. */
  closeClient(method: ConnectionMethod & { name: 'connection.close' }, timeout: number, close: Close): void;
  /** Sends nothing to the client for `ms`; 0: until undone. What the upstream sends is kept. */
  stall(ms: number, then: Close | 'resume'): Undo;
  /** Sends octets to the client, between two frames from the broker. */
  insert(octets: Uint8Array): void;
  filter(side: Side, filter: FrameFilter): Filtering;
  /** Which messages the fault acts on, by its conditions, these attributes and the seed. */
  selection(amount: MessageAmount): Selection;
  /** Adds a stage to the chain through which the messages of the connection pass from now on. */
  messages(open: OpenStage): Undo;
  /** Calls `then` after `ms`. @returns a function that cancels it */
  after(ms: number, then: () => void): Undo;
}

/** Undoes what a fault has done, as far as possible. Called when the fault is removed. */
export type Undo = () => void;

// biome-ignore lint/suspicious/noConfusingVoidType: most faults cannot be undone and return nothing.
export type HandshakeAct = (actions: FaultActions) => Undo | void;
