import { CLOSE_OK, type ConnectionMethod, encodeMethodFrame } from '../../amqp/connection-methods.js';
import type { Undo } from './fault-actions.js';

/** How long to wait for the broker's answer, in ms. */
const TIMEOUT = 5_000;

const CLOSE = encodeMethodFrame({
  name: 'connection.close',
  replyCode: 200,
  replyText: 'Goodbye',
  classId: 0,
  methodId: 0,
});

type Events = {
  send(octets: Uint8Array): void;
  /** Sends a FIN to the upstream. */
  end(): void;
  timer(ms: number, then: () => void): Undo;
};

/**
 * Closes the upstream when the proxy ends a connection for its client. On an open connection it sends Close and waits for
 * Close-Ok; if Open has been sent, it waits for Open-Ok first. Earlier it sends a FIN, which the broker logs as a warning.
 */
export class Farewell {
  /** The state of the connection to the upstream. */
  stage: 'handshake' | 'opening' | 'running' = 'handshake';
  hasBegun = false;
  private isOver = false;
  private cancelTimer: Undo | null = null;
  private readonly events: Events;

  constructor(events: Events) {
    this.events = events;
  }

  begin(): void {
    this.hasBegun = true;
    if (this.isOver) return;
    if (this.stage === 'handshake') {
      this.end();
      return;
    }
    this.cancelTimer = this.events.timer(TIMEOUT, () => this.end());
    if (this.stage === 'running') this.events.send(CLOSE);
  }

  /** A method was received from the upstream; null for a frame of another kind. */
  received(method: ConnectionMethod['name'] | null): void {
    if (!this.hasBegun || this.isOver) return;
    if (method === 'connection.open-ok' && this.stage === 'opening') {
      this.stage = 'running';
      this.events.send(CLOSE);
    } else if (method === 'connection.close') {
      this.events.send(CLOSE_OK);
      this.end();
    } else if (method === 'connection.close-ok') {
      this.end();
    }
  }

  /** The client's own close was relayed to the upstream: there is nothing left to do. */
  cancel(): void {
    this.isOver = true;
  }

  /** Sends a FIN without waiting any longer: the upstream has closed, or a frame to it is incomplete. */
  end(): void {
    this.hasBegun = true;
    if (this.isOver) return;
    this.isOver = true;
    this.cancelTimer?.();
    this.events.end();
  }
}
