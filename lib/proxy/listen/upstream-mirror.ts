import { connect, type Socket } from 'node:net';
import { isShortage } from '../../amqp/limit.js';
import type { Clock, Timer } from '../../clock.js';
import type { UpstreamState } from '../../report/events.js';
import type { DialTarget } from '../peer/dialled-peer.js';

/** The pause between two probes, in ms. */
const INTERVAL = 1_000;

/** Errors of a dial which prove that nobody listens there. */
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Receives the state of an upstream that has changed. `code`: the error code of the operating system if it is down. */
export type UpstreamListener = (state: UpstreamState['state'], code: string | null) => void;

/** What is probed. */
export type ProbeTarget = Pick<DialTarget, 'host' | 'port' | 'connectTimeout' | 'lookup'>;

/**
 * Finds out whether the upstream can be connected to, once a second: a probe connects and closes at once, without a byte.
 * RabbitMQ logs that at debug level only.
 */
export class UpstreamMirror {
  /** Null before the end of the first probe. */
  state: UpstreamState['state'] | null = null;
  private readonly target: ProbeTarget;
  private readonly clock: Clock;
  private readonly changed: UpstreamListener;
  private timer: Timer | undefined;
  private socket: Socket | undefined;
  private isStopped = false;

  constructor(target: ProbeTarget, clock: Clock, changed: UpstreamListener) {
    this.target = target;
    this.clock = clock;
    this.changed = changed;
  }

  /** Begins to probe. Resolves after the first probe. */
  async start(): Promise<void> {
    const code = await this.probe();
    if (this.isStopped) return;
    // What this machine lacks says nothing about the upstream.
    if (code === null || !isShortage(code)) this.set(code);
    this.timer = this.clock.start(() => void this.start(), INTERVAL);
  }

  /** A connection could not be dialed. @param code the error code; several addresses can have several */
  failed(code: string): void {
    if (!this.isStopped && code.split(', ').every((each) => NOBODY.has(each))) this.set(code);
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.socket?.destroy();
  }

  private set(code: string | null): void {
    const state = code === null ? 'up' : 'down';
    if (this.state === state) return;
    this.state = state;
    this.changed(state, code);
  }

  /** @returns the error code of the operating system; null if the upstream has accepted */
  private probe(): Promise<string | null> {
    const { host, port, connectTimeout, lookup } = this.target;
    return new Promise((resolve) => {
      let cancel: (() => void) | undefined;
      const over = (code: string | null): void => {
        clearTimeout(late);
        cancel?.();
        socket.destroy();
        resolve(code);
      };
      const late = setTimeout(() => over('ETIMEDOUT'), connectTimeout);
      const socket = connect({
        host,
        port,
        lookup: (name, { family, hints }, callback) => {
          cancel = lookup(name, { family, hints }, callback);
        },
        autoSelectFamily: true,
      });
      this.socket = socket;
      socket.once('connect', () => over(null));
      socket.on('error', (error: NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] }) =>
        over((error.errors?.[0] ?? error).code ?? error.message),
      );
      socket.once('close', () => over('ECONNABORTED'));
    });
  }
}
