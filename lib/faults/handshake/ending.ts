import { type ConnectionMethod, encodeMethodFrame } from '../../amqp/connection-methods.js';
import type { Reason } from '../../amqp/reason.js';
import type { Close } from '../../close.js';
import type { Moment } from '../moment.js';
import type { Direction } from './direction.js';
import type { Effect } from './effect.js';
import type { EffectList } from './effect-list.js';
import { Farewell } from './farewell.js';
import type { Side } from './fault-actions.js';

/** Class and method. */
const CLOSE = [10, 50] as const;
const CLOSE_OK = [10, 51] as const;

/** Ends a connection: when its sides close, or when a fault ends it for the client. */
export class Ending {
  /** Whether the client is connected, has been sent Connection.Close, or has been closed. */
  client: 'open' | 'closing' | 'over' = 'open';
  private readonly up: Direction;
  private readonly down: Direction;
  private readonly effects: EffectList;
  private readonly farewell: Farewell;
  private closeClientNow = (): void => {};

  constructor(up: Direction, down: Direction, effects: EffectList) {
    this.up = up;
    this.down = down;
    this.effects = effects;
    this.farewell = new Farewell({
      send: (octets) => effects.push({ type: 'send', to: 'upstream', octets }),
      end: () => effects.push({ type: 'end', side: 'upstream', close: 'fin', byFault: true }),
      timer: (ms, then) => effects.timer(ms, then),
    });
  }

  get isOpen(): boolean {
    return this.client === 'open';
  }

  /** Whether octets of a side are still used. */
  listensTo(side: Side): boolean {
    return this.client !== 'over' || (side === 'upstream' && this.farewell.hasBegun);
  }

  /** A moment has been reached. */
  reached(moment: Moment): void {
    if (moment === 'open') this.farewell.stage = 'opening';
    if (moment === 'running') this.farewell.stage = 'running';
  }

  /** A handshake frame was received. @returns whether it was handled here, and must not be passed on */
  received(side: Side, method: ConnectionMethod | null): boolean {
    if (side === 'client') {
      if (this.isOpen) return false;
      if (method?.name === 'connection.close-ok') this.closeClientNow();
      return true;
    }
    if (!this.farewell.hasBegun) return false;
    this.farewell.received(method?.name ?? null);
    return true;
  }

  /** @param openRest the part of the client's Open that has not been passed on */
  endClient(fault: string, openRest: Uint8Array, close: Close, farewell?: Uint8Array, imitates?: Reason): void {
    if (!this.isOpen) return;
    if (farewell) this.down.pass(farewell);
    this.endNow(fault, openRest, { type: 'end', side: 'client', close, byFault: true }, imitates);
  }

  /** The same with a FIN without a close_notify. */
  truncateClient(fault: string, openRest: Uint8Array): void {
    if (!this.isOpen) return;
    this.endNow(fault, openRest, { type: 'end', side: 'client', close: 'fin', byFault: true, isTruncated: true });
  }

  /**
   * @param openRest the part of the client's Open that has not been passed on
   * @param timeout for Close-Ok, in ms
   */
  closeClient(
    fault: string,
    openRest: Uint8Array,
    method: ConnectionMethod & { readonly name: 'connection.close' },
    timeout: number,
    close: Close,
  ): void {
    if (!this.isOpen) return;
    this.client = 'closing';
    const { replyCode: code, replyText: text } = method;
    this.effects.push({ type: 'ended', fault, imitates: null, connectionClose: { code, text } });
    const cancel = this.effects.timer(timeout, () => this.closeClientNow());
    this.closeClientNow = () => {
      if (this.client === 'over') return;
      this.client = 'over';
      cancel();
      this.down.isShut = true;
      this.effects.push({ type: 'end', side: 'client', close, byFault: true });
      // A partial frame of the client can no longer be completed.
      if (!this.farewell.hasBegun) this.farewell.end();
      this.up.isShut = true;
      this.up.intake.drop();
    };
    this.down.whenAtBoundary(() => {
      this.down.pass(encodeMethodFrame(method));
      this.down.isShut = true;
    });
    if (this.up.phase === 'running') onMethod(this.up, CLOSE_OK, () => this.closeClientNow());
    this.leaveUpstream(openRest);
  }

  /** The client has closed. */
  clientEnded(close: Close): void {
    if (this.client === 'closing') this.closeClientNow();
    if (!this.isOpen) return;
    if (close === 'fin') {
      this.up.intake.end('fin');
      return;
    }
    // No peer is left to notice what a fault does.
    this.client = 'over';
    this.up.isShut = true;
    this.down.isShut = true;
    this.up.intake.drop();
    this.down.intake.drop();
    this.effects.cancelAll();
    this.effects.push({ type: 'end', side: 'upstream', close: 'rst', byFault: false });
  }

  /** The upstream has closed. */
  upstreamEnded(close: Close): void {
    if (this.farewell.hasBegun) this.farewell.end();
    else if (this.client !== 'over') this.down.intake.end(close);
  }

  /** A side has closed, and everything that it sent has been passed on. */
  relay(to: Side, close: Close): void {
    if (this.isOpen) this.effects.push({ type: 'end', side: to, close, byFault: false });
    if (to === 'upstream') this.farewell.cancel();
    else if (!this.isOpen) this.farewell.end();
  }

  private endNow(fault: string, openRest: Uint8Array, end: Effect, imitates: Reason | null = null): void {
    this.client = 'over';
    this.down.isShut = true;
    this.effects.push({ type: 'ended', fault, imitates, connectionClose: null });
    this.effects.push(end);
    this.up.intake.drop();
    this.leaveUpstream(openRest);
  }

  /** Closes the upstream. Its octets are read, but no longer passed on. */
  private leaveUpstream(openRest: Uint8Array): void {
    const { up, down } = this;
    // Open is still sent, so that Close can follow it.
    up.pass(openRest);
    if (down.phase === 'running') {
      onMethod(down, CLOSE_OK, () => this.farewell.received('connection.close-ok'));
      onMethod(down, CLOSE, () => this.farewell.received('connection.close'));
    }
    if (this.client === 'over' && !up.isAtBoundary) {
      up.isShut = true;
      this.farewell.end();
    } else {
      up.whenAtBoundary(() => {
        up.isShut = true;
        this.farewell.begin();
      });
    }
    up.intake.unblockAll();
    down.intake.unblockAll();
  }
}

/** Calls `then` when the frame of a Connection method is complete. */
function onMethod(direction: Direction, [classId, methodId]: readonly [number, number], then: () => void): void {
  direction.filter(({ channel, ids }) => {
    if (channel === 0 && ids?.[0] === classId && ids[1] === methodId) direction.afterFrame(then);
    return 'pass';
  });
}
