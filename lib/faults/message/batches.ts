import type { Undo } from '../handshake/fault-actions.js';

type Options<T> = {
  /** How many items are held back together. */
  readonly size: number;
  /** The time after the first item, in ms, after which fewer are passed on as well; null: none. */
  readonly within: number | null;
  readonly after: (ms: number, then: () => void) => Undo;
  /** Called with the items of a channel that are passed on, in the order in which they were added. */
  readonly pass: (items: readonly T[]) => void;
};

type Batch<T> = { readonly items: T[]; readonly cancel: Undo };

/** Items that are held back, by channel, until there are enough of them or their time is over. */
export class Batches<T extends { readonly channel: number }> {
  private readonly options: Options<T>;
  private readonly byChannel = new Map<number, Batch<T>>();

  constructor(options: Options<T>) {
    this.options = options;
  }

  get isEmpty(): boolean {
    return this.byChannel.size === 0;
  }

  add(item: T): void {
    const { channel } = item;
    const batch = this.byChannel.get(channel) ?? this.begin(channel);
    batch.items.push(item);
    if (batch.items.length >= this.options.size) this.flush(channel);
  }

  /** What is held back of a channel. */
  of(channel: number): readonly T[] {
    return this.byChannel.get(channel)?.items ?? [];
  }

  /** Passes on what is held back of a channel. */
  flush(channel: number): void {
    const items = this.drop(channel);
    if (items.length > 0) this.options.pass(items);
  }

  flushAll(): void {
    for (const channel of [...this.byChannel.keys()]) this.flush(channel);
  }

  /** Discards what is held back of a channel: it is closed. @returns the items */
  drop(channel: number): readonly T[] {
    const batch = this.byChannel.get(channel);
    this.byChannel.delete(channel);
    batch?.cancel();
    return batch?.items ?? [];
  }

  private begin(channel: number): Batch<T> {
    const { within, after } = this.options;
    const cancel = within === null ? () => {} : after(within, () => this.flush(channel));
    const batch: Batch<T> = { items: [], cancel };
    this.byChannel.set(channel, batch);
    return batch;
  }
}
