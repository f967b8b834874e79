import { CLOSE_OK, type ConnectionMethod, encodeMethodFrame } from '../../amqp/connection-methods.js';
import type { Undo } from './fault-actions.js';

/** Longest time that the broker is waited for, in ms. It is at fault no more than the client was. */
const PATIENCE = 5_000;

const GOODBYE = encodeMethodFrame({
  name: 'connection.close',
  replyCode: 200,
  replyText: 'Goodbye',
  classId: 0,
  methodId: 0,
});

type Events = {
  send(octets: Uint8Array): void;
  /** FIN to the upstream. */
  end(): void;
  timer(ms: number, then: () => void): Undo;
};

/**
 * Leaves the upstream when the proxy ends a connection for its client: with Close and Close-Ok if it is open; while it
 * opens, Open-Ok is waited for first; earlier with a FIN, which costs a warning in the broker's log.
 */
export class Farewell {
  /** How far the connection got, as the upstream sees it. */
  stage: 'handshake' | 'opening' | 'running' = 'handshake';
  hasBegun = false;
  private isOver = false;
  private cancel: Undo | null = null;
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
    this.cancel = this.events.timer(PATIENCE, () => this.end());
    if (this.stage === 'running') this.events.send(GOODBYE);
  }

  /** The upstream says something. */
  heard(method: ConnectionMethod['name'] | null): void {
    if (!this.hasBegun || this.isOver) return;
    if (method === 'connection.open-ok' && this.stage === 'opening') {
      this.stage = 'running';
      this.events.send(GOODBYE);
    } else if (method === 'connection.close') {
      this.events.send(CLOSE_OK);
      this.end();
    } else if (method === 'connection.close-ok') {
      this.end();
    }
  }

  /** The client has closed by itself, and the upstream was told. */
  said(): void {
    this.isOver = true;
  }

  /** There is nothing left to say: the upstream has closed, or a frame to it is cut short. */
  end(): void {
    this.hasBegun = true;
    if (this.isOver) return;
    this.isOver = true;
    this.cancel?.();
    this.events.end();
  }
}
