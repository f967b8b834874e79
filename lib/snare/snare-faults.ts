import type { Fault, FaultChangeInput, FaultInput } from '../faults/fault.js';
import type { LiveFault, StateNow } from '../faults/live-fault.js';
import { parseFault } from '../faults/parse-fault.js';
import type { Faults } from '../faults/proxy-faults.js';
import type { FaultActed } from '../report/events.js';
import { type Seen, SeenByFaults } from '../running/seen-by-faults.js';

/** A fault that was added to a snare. */
export class FaultHandle {
  readonly id: string;
  /** The connections on which it acted, in order. */
  readonly seen: readonly Seen[];
  private readonly live: LiveFault;
  private readonly faults: Faults;
  private readonly settled: () => Promise<void>;

  constructor(live: LiveFault, seen: readonly Seen[], faults: Faults, settled: () => Promise<void>) {
    this.id = live.id;
    this.seen = seen;
    this.live = live;
    this.faults = faults;
    this.settled = settled;
  }

  /** The fault as it is now, with all defaults. */
  get fault(): Fault {
    return this.live.fault;
  }

  /** Whether the fault can act; false: it has been switched off. */
  get enabled(): boolean {
    return this.live.enabled;
  }

  /** Whether the fault acts now, and if not, why: `waiting`, `pausing`, `over`, `spent` or `off`. */
  get state(): StateNow['state'] {
    return this.faults.list.stateOf(this.live).state;
  }

  /** The current values of the attributes that are ramps. */
  get valuesNow(): Readonly<Record<string, number>> {
    return this.faults.list.rampValuesOf(this.live);
  }

  /** Whether the fault is still active, waiting or switched off, that is, not removed. */
  get isThere(): boolean {
    return this.faults.list.get(this.id) === this.live;
  }

  /**
   * Changes some attributes, conditions, the toxicity or the times, or switches the fault off and on with `enabled`. The rest is
   * kept. Has no effect once removed.
   *
   * @throws ConfigError if the change is not valid
   */
  async change(change: FaultChangeInput): Promise<void> {
    if (this.isThere) this.faults.list.change(this.id, change);
    await this.settled();
  }

  /** Removes the fault and undoes what can be undone. Has no effect if it is already removed. */
  async remove(): Promise<void> {
    if (this.isThere) this.faults.list.remove(this.id);
    await this.settled();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** The faults of a snare. */
export class SnareFaults {
  private readonly faults: Faults;
  private readonly proxy: string;
  private readonly settled: () => Promise<void>;
  private readonly handles = new WeakMap<LiveFault, FaultHandle>();
  private readonly seen: SeenByFaults;

  constructor(faults: Faults, proxy: string, settled: () => Promise<void>) {
    this.faults = faults;
    this.proxy = proxy;
    this.settled = settled;
    this.seen = new SeenByFaults(faults.list);
  }

  /** The faults that are not removed, in the order in which they were added. */
  get all(): readonly FaultHandle[] {
    return this.faults.list.all.flatMap((live) => this.handles.get(live) ?? []);
  }

  /**
   * Adds a fault, or several at once: all or none. They are active when the promise resolves.
   *
   * @throws ConfigError if a fault is not valid or its name already exists
   */
  add(input: FaultInput): Promise<FaultHandle>;
  add(inputs: readonly FaultInput[]): Promise<readonly FaultHandle[]>;
  async add(input: FaultInput | readonly FaultInput[]): Promise<FaultHandle | readonly FaultHandle[]> {
    const inputs = Array.isArray(input) ? (input as readonly FaultInput[]) : [input as FaultInput];
    const faults = inputs.map((each) => parseFault(each, { proxy: this.proxy }));
    const handles = this.faults.list.add(faults).map((live) => {
      const handle = new FaultHandle(live, this.seen.of(live), this.faults, this.settled);
      this.handles.set(live, handle);
      return handle;
    });
    await this.settled();
    return Array.isArray(input) ? handles : (handles[0] as FaultHandle);
  }

  /** Removes all faults. */
  async clear(): Promise<void> {
    this.faults.list.replace(new Set(this.faults.list.all.map(({ id }) => id)), []);
    await this.settled();
  }

  /** Called when a fault has acted. */
  acted(acted: FaultActed): void {
    this.seen.acted(acted);
  }
}
