import type { Amqp10Error, BrokerError } from './broker-error.js';
import type { ConnectionMethodName } from './connection-methods.js';
import type { Handshake } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import type { Failure } from './reason.js';
import type { Stage } from './stage.js';

/** A Connection.Close that passed, or the `close` of AMQP 1.0. */
export type ConnectionClose = {
  readonly by: 'client' | 'upstream' | 'proxy';
  /** null in AMQP 1.0, which has none. */
  readonly code: number | null;
  /** CONNECTION_FORCED and so on, in AMQP 1.0 the error's condition; null for a code that AMQP does not know. */
  readonly name: string | null;
  readonly text: string;
};

/** What is known of a connection that is followed. All of it is read off the octets: there is no clock here. */
export interface Conversation {
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
