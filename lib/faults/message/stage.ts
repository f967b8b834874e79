import type { Undo } from '../handshake/fault-actions.js';
import type { Consumers } from './consumers.js';
import type { Message } from './message.js';

/** One fault in a chain: it sees the messages of both sides of a connection, and passes on what it likes. */
export interface Stage {
  fromClient(message: Message): void;
  fromUpstream(message: Message): void;
  /** Passes on everything that it holds: the broker has closed, or the fault was removed. */
  release(): void;
  /** Whether it can be taken out of the chain once the fault is removed. Until then it goes on, but acts on no other message. */
  readonly isIdle: boolean;
}

/** What a stage can do. */
export interface Port {
  toClient(message: Message): void;
  toUpstream(message: Message): void;
  readonly consumers: Consumers;
  /** Calls `then` after `ms`. @returns a function that cancels it */
  after(ms: number, then: () => void): Undo;
  /** Sends the client what follows a message that was cut. */
  resumeClient(): void;
  /** The stage has done its work: it is treated as if its fault were removed. */
  leave(): void;
}

export type OpenStage = (port: Port) => Stage;
