import type { Amqp10Layer } from './amqp10-frame.js';
import type { ConnectionMethodName } from './connection-methods.js';
import type { FrameCallback } from './frame.js';
import type { Handshake } from './handshake.js';
import type { Reason } from './reason.js';

/** How far a connection got, in RabbitMQ's words for `connection_state`. */
export type Stage = 'header' | 'starting' | 'securing' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** A Connection.Close that passed, or the `close` of AMQP 1.0. */
export type ConnectionClose = {
  readonly by: 'client' | 'upstream' | 'proxy';
  /** null in AMQP 1.0, which has none. */
  readonly code: number | null;
  /** CONNECTION_FORCED and so on, in AMQP 1.0 the error's condition; null for a code that AMQP does not know. */
  readonly name: string | null;
  readonly text: string;
};

/** What a broker waits for when its handshake timeout fires: RabbitMQ's `callback`. */
export type HandshakeCallback =
  /** The 8 octets of a header; in AMQP 1.0 also those of the second one. */
  | { readonly name: 'handshake' }
  | FrameCallback
  | { readonly name: 'amqp10_header'; readonly layer: Amqp10Layer }
  | {
      readonly name: 'amqp10_body';
      readonly layer: Amqp10Layer;
      readonly dataOffset: number;
      readonly channel: number;
    };

/** What the client did wrong while the connection was opened; the broker tells only its log. */
export type Failure = Extract<Reason, { name: 'handshake_error' | 'reader_crashed' }>;

/** What a broker ends a connection for, as its Close says it. */
export type BrokerError = {
  readonly code: number;
  readonly text: string;
  /** The class and method that it names; 0 where none is to blame. */
  readonly classId: number;
  readonly methodId: number;
  /** The channel on which the client last began a frame. */
  readonly channel: number;
  /** The stage at which it came. */
  readonly stage: Stage;
};

/** The same in AMQP 1.0: the error that its `close` carries. */
export type Amqp10Error = {
  readonly condition: string;
  readonly text: string;
  /** The channel of the client's last frame. */
  readonly channel: number;
  readonly stage: Stage;
};

/** What is known of a connection that is followed. All of it is read off the octets: there is no clock here. */
export interface Following {
  readonly stage: Stage;
  readonly protocol: '0-9-1' | '1.0';
  readonly handshake: Handshake;
  /** The client went on to log in. */
  readonly hasStartOk: boolean;
  /** What the broker has been asked and has not answered yet: it may be asleep, and its timer then does not fire. */
  readonly pending: 'login' | 'open' | null;
  /** How long the broker sleeps at most over what it was asked, or over what the client did wrong, in ms. */
  readonly sleep: number;
  readonly failure: Failure | null;
  /** Why, if it is the pending open that the broker refuses without a word; null where it always says so. */
  readonly refusedOpen: Failure | null;
  /** The first Close, whoever sent it. */
  readonly close: ConnectionClose | null;
  /** What the broker's Close was about; null as long as it has sent none. */
  readonly brokerError: BrokerError | Amqp10Error | null;
  readonly callback: HandshakeCallback;
  /** Whose octets could not be read as frames, from some point on; they pass all the same. */
  readonly unreadable: 'client' | 'upstream' | null;
  fromClient(octets: Uint8Array): void;
  fromUpstream(octets: Uint8Array): void;
}

/** A step of a connection, as it passes. In AMQP 1.0 the frames are named after the methods that they stand for. */
export type Passed = (name: ConnectionMethodName) => void;
