import type { FaultView } from '../control/routes/faults.js';
import type { FaultInput } from '../faults/fault.js';
import type { Control } from './control.js';

type Change = Partial<Pick<FaultInput, 'attributes' | 'when' | 'toxicity' | 'times'>>;

const pathOf = (id: string): string => `/faults/${encodeURIComponent(id)}`;

/** A fault that was added to a proxy elsewhere. */
export class RemoteFault {
  readonly id: string;
  /** As it was when it was added, changed or refreshed, with all of its defaults. */
  fault: FaultView;
  private readonly control: Control;

  constructor(fault: FaultView, control: Control) {
    this.id = fault.id;
    this.fault = fault;
    this.control = control;
  }

  /** The connections on which it had acted by then. */
  get seen(): FaultView['seen'] {
    return this.fault.seen;
  }

  /** Asks how it is now. @throws ControlError 404 when it is gone */
  async refresh(): Promise<this> {
    this.fault = await this.control.ask<FaultView>('GET', pathOf(this.id));
    return this;
  }

  /** Changes some of its attributes, conditions, toxicity or times; the rest stays. @throws ControlError */
  async change(change: Change): Promise<void> {
    this.fault = await this.control.ask<FaultView>('PATCH', pathOf(this.id), change);
  }

  /** Undoes what can be undone. Does nothing when it is gone already. */
  remove(): Promise<void> {
    return removeFault(this.control, this.id);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** The faults of a proxy elsewhere. */
export class RemoteFaults {
  private readonly control: Control;
  private readonly proxy: string;

  constructor(control: Control, proxy: string) {
    this.control = control;
    this.proxy = proxy;
  }

  /** Those that are there, in the order in which they were added, also by others. */
  async all(): Promise<readonly RemoteFault[]> {
    const faults = await this.control.ask<FaultView[]>('GET', `/faults?proxy=${encodeURIComponent(this.proxy)}`);
    return faults.map((fault) => new RemoteFault(fault, this.control));
  }

  /**
   * Adds a fault, or several at once: all or none. They are there when it resolves.
   *
   * @throws ControlError with what is wrong
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

  /** Removes all of them. */
  async clear(): Promise<void> {
    for (const fault of await this.all()) await fault.remove();
  }
}

/** Does nothing when it is gone already. @throws ControlError */
export async function removeFault(control: Control, id: string): Promise<void> {
  await unlessGone(control.ask('DELETE', pathOf(id)));
}

/** What is gone need not be removed. */
export async function unlessGone(asked: Promise<unknown>): Promise<void> {
  await asked.catch((error) => {
    if ((error as { status?: unknown }).status !== 404) throw error;
  });
}
