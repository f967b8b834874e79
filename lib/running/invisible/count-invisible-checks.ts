import type { Clock, Timer } from '../../clock.js';
import type { Config } from '../../config/schema.js';
import { EXACT, type InvisibleChecks, SHARED } from '../../health-check/invisible-checks.js';
import type { Log } from '../../report/log.js';
import { isoTime } from '../../text/iso-time.js';
import { embryonicResets } from './embryonic-resets.js';
import { OtherListener } from './other-listener.js';

/** How often the kernel is asked, in ms. */
const INTERVAL = 1_000;
/** After this time the first checks are logged, with their period, in ms. */
const ANNOUNCED_AFTER = 10_000;
/** The same if there is only one. */
const ANNOUNCED_ALONE_AFTER = 60_000;
/** When none came for this long, in ms, the next ones are logged again. */
const QUIET = 600_000;
/** How many of the latest intervals with checks the period is the mean of. */
const LATEST = 60;

/** What the kernel knows. */
export type Kernel = {
  /** Half-open connections that were reset; null if the kernel does not count them. */
  readonly resets: () => number | null;
  /** The address of a listener of another process in the network namespace; null if there is none. */
  readonly otherListener: () => string | null;
};

/**
 * Counts health checks that never complete the TCP handshake, from the counters of the kernel. They are those of the whole network
 * namespace. With `auto` nothing is counted while another process listens there.
 */
export class CountInvisibleChecks {
  private readonly mode: Config['invisibleChecks'];
  private readonly clock: Clock;
  private readonly log: Pick<Log, 'say'>;
  private readonly kernel: Kernel;
  private timer: Timer | undefined;
  /** The kernel's number at the last reading; null: there is none to compare the next one with. */
  private before: number | null = null;
  private why: string | null = 'they are counted only while the proxies run';
  private isShared = false;
  private count = 0;
  private since: number | null = null;
  private firstSeen: number | null = null;
  private lastSeen: number | null = null;
  /** `at` in ticks. */
  private latest: { readonly at: number; readonly count: number }[] = [];
  /** The first checks that are not logged yet; null: all are. `at` in ticks. */
  private unannounced: { readonly at: number; readonly before: number } | null = null;

  constructor(
    mode: Config['invisibleChecks'],
    options: {
      readonly clock: Clock;
      readonly log: Pick<Log, 'say'>;
      /** @defaultValue Linux */
      readonly kernel?: Kernel | undefined;
    },
  ) {
    this.mode = mode;
    this.clock = options.clock;
    this.log = options.log;
    this.kernel = options.kernel ?? linux();
    if (mode === 'off') this.why = 'the setting invisibleChecks is off';
  }

  /** Counts until `stop`. Call it when all listeners are open. */
  start(): void {
    if (this.mode === 'off') return;
    this.read();
    if (this.why !== null) this.log.say('debug', `invisible health checks are not counted: ${this.why}`);
    this.wait();
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  /** As of now. */
  get state(): InvisibleChecks {
    if (this.timer !== undefined) this.read();
    const { why, count, since, firstSeen, lastSeen, isShared } = this;
    return {
      available: why === null,
      why,
      count,
      periodMs: this.period,
      since: since === null ? null : isoTime(since),
      firstSeen: firstSeen === null ? null : isoTime(firstSeen),
      lastSeen: lastSeen === null ? null : isoTime(lastSeen),
      note: isShared ? SHARED : EXACT,
    };
  }

  private wait(): void {
    this.timer = this.clock.start(() => {
      this.read();
      this.announce();
      this.wait();
    }, INTERVAL);
  }

  private read(): void {
    // The listener is looked for after the reading: one that is opened between the two is found.
    const now = this.kernel.resets();
    const other = now === null ? null : this.kernel.otherListener();
    this.why = this.obstacle(now, other);
    this.isShared = other !== null;
    const added = this.why === null && now !== null && this.before !== null ? now - this.before : 0;
    this.before = this.why === null ? now : null;
    if (this.why === null) this.since ??= this.clock.wall();
    if (added > 0) this.add(added);
  }

  /** Why nothing can be counted; null if it can. */
  private obstacle(now: number | null, other: string | null): string | null {
    if (now === null)
      return 'the operating system does not count connections that are reset before they are accepted (TcpExt EmbryonicRsts of Linux)';
    if (this.mode === 'on' || other === null) return null;
    return `another process listens on ${other} in this network namespace, and the kernel counts for the whole namespace. Set invisibleChecks to on to count all the same`;
  }

  private add(count: number): void {
    const at = this.clock.ticks();
    const last = this.latest.at(-1);
    if (last === undefined || at - last.at >= QUIET) {
      this.unannounced = { at, before: this.count };
      this.latest = [];
    }
    this.count += count;
    this.lastSeen = this.clock.wall();
    this.firstSeen ??= this.lastSeen;
    this.latest.push({ at, count });
    if (this.latest.length > LATEST) this.latest.shift();
  }

  /** In ms. The first interval only marks the begin. */
  private get period(): number | null {
    const [first, ...others] = this.latest;
    const last = others.at(-1);
    if (first === undefined || last === undefined) return null;
    return Math.round((last.at - first.at) / others.reduce((sum, { count }) => sum + count, 0));
  }

  private announce(): void {
    const { unannounced, period } = this;
    if (unannounced === null) return;
    const passed = this.clock.ticks() - unannounced.at;
    if (passed < (period === null ? ANNOUNCED_ALONE_AFTER : ANNOUNCED_AFTER)) return;
    this.unannounced = null;
    const count = this.count - unannounced.before;
    const seconds = Math.round(passed / 1000);
    const often = period === null ? '' : `, about one every ${Number((period / 1000).toPrecision(2))} s`;
    this.log.say(
      'info',
      `${count === 1 ? '1 connection was' : `${count} connections were`} reset before the TCP handshake was complete in ${seconds} s${often}. They are probably checks of a load balancer (such as HAProxy's plain check) from an unknown source; a broker logs nothing about them`,
      { invisibleChecks: count, periodMs: period },
    );
  }
}

function linux(): Kernel {
  const listeners = new OtherListener();
  return { resets: () => embryonicResets(), otherListener: () => listeners.find() };
}
