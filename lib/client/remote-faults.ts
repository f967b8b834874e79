import type { FaultView } from '../control/routes/faults.js';
import type { FaultChangeInput, FaultInput } from '../faults/fault.js';
import type { Control } from './control.js';

const pathOf = (id: string): string => `/faults/${encodeURIComponent(id)}`;

/** A fault of a proxy in another process. */
export class RemoteFault {
  readonly id: string;
  /** The fault with all defaults, as of when it was added, changed or refreshed. */
  fault: FaultView;
  private readonly control: Control;

  constructor(fault: FaultView, control: Control) {
    this.id = fault.id;
    this.fault = fault;
    this.control = control;
  }

  /** The connections on which the fault had acted by then. */
  get seen(): FaultView['seen'] {
    return this.fault.seen;
  }

  /** Whether the fault could act by then; false: it was switched off. */
  get enabled(): boolean {
    return this.fault.enabled;
  }

  /** Whether the fault acted by then, and if not, why: `waiting`, `pausing`, `over`, `spent` or `off`. */
  get state(): FaultView['state'] {
    return this.fault.state;
  }

  /** Reads the current state of the fault. @throws ControlError 404 if the fault no longer exists */
  async refresh(): Promise<this> {
    this.fault = await this.control.ask<FaultView>('GET', pathOf(this.id));
    return this;
  }

  /**
   * Changes attributes, conditions, toxicity or times, or switches the fault off and on with `enabled`. Keys that are left out keep
   * their values.
   *
   * @throws ControlError
   */
  async change(change: FaultChangeInput): Promise<void> {
    this.fault = await this.control.ask<FaultView>('PATCH', pathOf(this.id), change);
  }

  /** Removes the fault and undoes what can be undone. Does nothing if it no longer exists. */
  remove(): Promise<void> {
    return removeFault(this.control, this.id);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** The faults of a proxy in another process. */
export class RemoteFaults {
  private readonly control: Control;
  private readonly proxy: string;

  constructor(control: Control, proxy: string) {
    this.control = control;
    this.proxy = proxy;
  }

  /** Returns all faults in the order in which they were added, including those added by others. */
  async all(): Promise<readonly RemoteFault[]> {
    const faults = await this.control.ask<FaultView[]>('GET', `/faults?proxy=${encodeURIComponent(this.proxy)}`);
    return faults.map((fault) => new RemoteFault(fault, this.control));
  }

  /**
   * Adds one fault, or several: all or none. They are active when the promise resolves.
   *
   * @throws ControlError that says what is wrong
   */
  add(input: FaultInput): Promise<RemoteFault>;
  add(inputs: readonly FaultInput[]): Promise<readonly RemoteFault[]>;
  async add(input: FaultInput | readonly FaultInput[]): Promise<RemoteFault | readonly RemoteFault[]> {
    const inputs = Array.isArray(input) ? (input as readonly FaultInput[]) : [input as FaultInput];
    const ours = inputs.map((each) => ({ ...each, proxy: each.proxy ?? this.proxy }));
    const faults = await this.control.ask<FaultView[]>('POST', '/faults', ours);
    const handles = faults.map((fault) => new RemoteFault(fault, this.control));
    return Array.isArray(input) ? handles : (handles[0] as RemoteFault);
  }

  /** Removes all faults. */
  async clear(): Promise<void> {
    for (const fault of await this.all()) await fault.remove();
  }
}

/** Removes a fault. Does nothing if it no longer exists. @throws ControlError */
export async function removeFault(control: Control, id: string): Promise<void> {
  await unlessGone(control.ask('DELETE', pathOf(id)));
}

/** Ignores a 404: the subject no longer exists. */
export async function unlessGone(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error) => {
    if ((error as { status?: unknown }).status !== 404) throw error;
  });
}
