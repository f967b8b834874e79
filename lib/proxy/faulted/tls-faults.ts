import type { Clock, Timer } from '../../clock.js';
import type { Close } from '../../close.js';
import type { Fault } from '../../faults/fault.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import { type EarlyMoment, earlyActOf } from '../../faults/tls/early-act.js';
import type { CaFiles, CertificateProblem } from '../../tls/certificate-problem.js';
import type { ConnectionFaults } from './connection-faults.js';

/** What faults do to a client before AMQP begins. */
export interface TlsFaultTarget {
  /** @param isTruncated inside TLS, no close_notify precedes the FIN */
  end(close: Close, isTruncated: boolean): void;
  /** Before the ServerHello: sends a fatal alert in its place, and ends the client. */
  alert?(number: number): void;
  /**
   * Before the ServerHello: presents a certificate with a problem.
   *
   * @param address what it is made for if the client names no host
   * @returns false if it cannot be made
   */
  present?(problem: CertificateProblem, ca: CaFiles | null, address: string): Promise<boolean>;
}

/** Faults that act at the moments before AMQP begins. */
export type EarlyFaults = Pick<TlsFaults, 'isDue' | 'reached' | 'left'>;

export const NO_EARLY_FAULTS: EarlyFaults = { isDue: () => false, reached: () => null, left: () => {} };

/** How a fault stopped keeping a client waiting. */
type Held = 'due' | 'undone' | 'left';

/** The alert for a certificate that cannot be made. */
const INTERNAL_ERROR = 80;

/** The faults of one connection that act before AMQP begins, on a proxy with `tls`. */
export class TlsFaults {
  private readonly faults: ConnectionFaults;
  private readonly proxy: ProxyFaults;
  private readonly clock: Clock;
  private readonly options: {
    readonly source: string | null;
    readonly handshakeTimeout: number;
    readonly address: string;
  };
  private waiting: { readonly live: LiveFault; readonly fault: Fault; readonly end: (how: Held) => void } | undefined;

  /** @param options `source`: the client's IP address; `handshakeTimeout` in ms; `address`: the one that the client connected to */
  constructor(faults: ConnectionFaults, proxy: ProxyFaults, clock: Clock, options: TlsFaults['options']) {
    this.faults = faults;
    this.proxy = proxy;
    this.clock = clock;
    this.options = options;
  }

  /** Whether a fault waits for this moment. */
  isDue(moment: EarlyMoment): boolean {
    return this.proxy.active.some(({ fault }) => earlyActOf(fault)?.moment === moment);
  }

  /**
   * Lets the faults of a moment act, one after the other.
   *
   * @returns null if there is none; otherwise a promise that resolves when they have acted, or the client has left
   */
  reached(moment: EarlyMoment, target: TlsFaultTarget): Promise<void> | null {
    return this.isDue(moment) ? this.act(moment, target) : null;
  }

  /** The faults of the proxy have changed: one that was removed no longer keeps the client waiting. */
  changed(): void {
    const { waiting, proxy } = this;
    if (waiting === undefined) return;
    if (waiting.live.fault !== waiting.fault || !proxy.active.includes(waiting.live)) waiting.end('undone');
  }

  /** The client has left: nothing keeps it waiting any more. */
  left(): void {
    this.waiting?.end('left');
  }

  private async act(moment: EarlyMoment, target: TlsFaultTarget): Promise<void> {
    const { faults, proxy, options } = this;
    for (const live of proxy.active) {
      const { id, fault } = live;
      const early = earlyActOf(fault);
      // An earlier one may have kept the client waiting, and this one was removed meanwhile.
      if (early?.moment !== moment || !proxy.active.includes(live)) continue;
      if (!faults.decideEarly(live, options.source)) continue;
      if (early.delay > 0) {
        const how = await this.hold(live, early.delay);
        if (how === 'left') return;
        if (how === 'undone') continue;
      }
      faults.record.add(id, fault, moment);
      const end = (how: () => void): void => {
        faults.record.endedBy(id, { imitates: null, connectionClose: null });
        how();
      };
      const { act } = early;
      switch (act.type) {
        case 'end':
          end(() => target.end(act.close, !act.closeNotify));
          return;
        case 'stall': {
          const how = await this.hold(live, act.ms ?? options.handshakeTimeout);
          if (how === 'left') return;
          const { then: close } = act;
          if (how === 'undone' || close === 'resume') break;
          end(() => target.end(close, false));
          return;
        }
        case 'alert':
          end(() => target.alert?.(act.number));
          return;
        case 'certificate': {
          // The files of its CA were checked when the fault was added, and may have changed since.
          if (await target.present?.(act.problem, act.ca, options.address)) break;
          end(() => target.alert?.(INTERNAL_ERROR));
          return;
        }
        default:
          act satisfies never;
      }
    }
  }

  /** Keeps the client waiting. @param ms 0: until the fault is removed */
  private async hold(live: LiveFault, ms: number): Promise<Held> {
    const { clock } = this;
    let timer: Timer | undefined;
    const how = await new Promise<Held>((end) => {
      this.waiting = { live, fault: live.fault, end };
      if (ms > 0) timer = clock.start(() => end('due'), ms);
    });
    if (timer !== undefined) clock.stop(timer);
    this.waiting = undefined;
    return how;
  }
}
