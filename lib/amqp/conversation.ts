import type { Amqp10Error, BrokerError } from './broker-error.js';
import type { ConnectionMethodName } from './connection-methods.js';
import type { Dialect } from './dialect.js';
import type { Handshake } from './handshake.js';
import type { HandshakeCallback } from './handshake-callback.js';
import type { Broken, Failure } from './reason.js';
import type { Stage } from './stage.js';

/** A Connection.Close that passed, or the `close` of AMQP 1.0. */
export type ConnectionClose = {
  readonly by: 'client' | 'upstream' | 'proxy';
  /** null in AMQP 1.0, which has no reply codes. */
  readonly code: number | null;
  /** For example CONNECTION_FORCED; in AMQP 1.0 the condition of the error; null for an unknown code. */
  readonly name: string | null;
  readonly text: string;
};

/**
 * What the octets of both sides reveal about an AMQP connection: how far it got, what was negotiated, and what went
 * wrong. It only reads along; it never changes or delays an octet, and it has no clock.
 */
export interface Conversation {
  readonly stage: Stage;
  readonly protocol: '0-9-1' | '1.0';
  readonly handshake: Handshake;
  /** Whether the broker sent a whole Start: in AMQP 1.0 its SASL mechanisms, or its protocol header if there is no SASL. */
  readonly hasStart: boolean;
  /** Whether the client sent its login. */
  readonly hasStartOk: boolean;
  /** Whether the client opened a channel, or in AMQP 1.0 a session. */
  readonly hasChannel: boolean;
  /**
   * Whether the broker answers a refused login. In AMQP 1.0 it always does, in AMQP 0-9-1 only if the client announced
   * the capability `authentication_failure_close`.
   */
  readonly answersRefusedLogin: boolean;
  /** The request that the broker has not answered yet. While it sleeps over one, its handshake timer does not fire. */
  readonly pending: 'login' | 'open' | null;
  /** How long the broker may sleep before it answers a request or ends the connection after an error, in ms. */
  readonly sleep: number;
  /** The client's error before the connection was open; null if it made none. */
  readonly failure: Failure | null;
  /** The client's error after the connection was open that ends it without a reply; null if it made none. */
  readonly broken: Broken | null;
  /** The reason if the broker refuses the pending open without a reply; null if it always replies. */
  readonly refusedOpen: Failure | null;
  /** The first Close, from either side. */
  readonly close: ConnectionClose | null;
  /** The error in the broker's Close; null if it has not sent one. */
  readonly brokerError: BrokerError | Amqp10Error | null;
  /** What the broker is waiting for. */
  readonly callback: HandshakeCallback;
  /** The side whose octets could no longer be parsed as frames. They are relayed anyway. */
  readonly unreadable: 'client' | 'upstream' | null;
  /** The dialect in which errors are explained. May be set when it becomes known. */
  dialect: Dialect;
  fromClient(octets: Uint8Array): void;
  fromUpstream(octets: Uint8Array): void;
}

/** Called for each Connection method. An AMQP 1.0 frame is reported as the corresponding method. */
export type Passed = (name: ConnectionMethodName) => void;
