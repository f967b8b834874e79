/** Deliveries of a channel that wait for their answers beyond this many are forgotten, the oldest first. */
const MOST_OPEN = 100_000;

export type Answer = { readonly tag: number; readonly isMultiple: boolean };

/**
 * The delivery tags of one channel as its client knows them. The client gets deliveries that the broker has not numbered, or in
 * another order, but its tags ascend by one as the broker's do. Its answers are translated back.
 */
export class DeliveryTags {
  /** The tags up to this one are the same on both sides: they were given before. */
  private readonly base: number;
  /** Whether deliveries of before may wait for their answers. */
  private isBaseOpen: boolean;
  private last: number;
  private lastOfBroker: number;
  /** The deliveries that wait for their answers: the broker's tag by the client's, in ascending order; null: the broker has none. */
  private readonly open = new Map<number, number | null>();
  /** How many of them have another tag than the broker's. */
  private moved = 0;

  /** @param first the broker's tag of the first delivery that was seen */
  constructor(first: number) {
    this.base = first - 1;
    this.isBaseOpen = this.base > 0;
    this.last = this.base;
    this.lastOfBroker = this.base;
  }

  /** Whether both sides have the same tags, now and from now on. */
  get areSame(): boolean {
    return this.moved === 0 && this.last === this.lastOfBroker;
  }

  /**
   * Numbers the next delivery to the client.
   *
   * @param broker the broker's tag; null: the broker knows nothing of it
   * @param isAnswered whether the client will answer
   * @returns the client's tag
   */
  give(broker: number | null, isAnswered: boolean): number {
    this.last += 1;
    if (broker !== null) this.lastOfBroker = Math.max(this.lastOfBroker, broker);
    if (!isAnswered) return this.last;
    this.open.set(this.last, broker);
    if (broker !== this.last) this.moved += 1;
    const [oldest] = this.open.size > MOST_OPEN ? this.open.keys() : [];
    if (oldest !== undefined) this.forget(oldest);
    return this.last;
  }

  /** The broker takes all of them back (basic.recover), and will deliver them again. */
  clear(): void {
    this.open.clear();
    this.moved = 0;
    this.isBaseOpen = false;
  }

  /**
   * Translates an answer of the client (basic.ack, nack or reject).
   *
   * @param held the lowest broker's tag that the client has not been given yet; Infinity if there is none
   * @returns answers for the broker, which are none if it does not know the delivery; undefined if the client does not know it
   *   either
   */
  answer({ tag, isMultiple }: Answer, held: number): readonly Answer[] | undefined {
    if (tag !== 0 && tag <= this.base) return [{ tag, isMultiple }];
    if (isMultiple) return this.answerUpTo(tag === 0 ? this.last : tag, tag === 0, held);
    const broker = this.open.get(tag);
    if (broker === undefined) return undefined;
    this.forget(tag);
    return broker === null ? [] : [{ tag: broker, isMultiple: false }];
  }

  private answerUpTo(last: number, isAll: boolean, held: number): readonly Answer[] | undefined {
    if (last > this.last) return undefined;
    const answered = [...this.open].filter(([tag]) => tag <= last);
    if (answered.length === 0 && !isAll && !this.isBaseOpen) return undefined;
    for (const [tag] of answered) this.forget(tag);
    const brokers = answered.flatMap(([, broker]) => broker ?? []).sort((a, b) => a - b);
    const waiting = [...this.open.values()].reduce<number>((low, broker) => Math.min(low, broker ?? low), held);
    // Up to the first delivery that still waits, one answer stands for all.
    const before = brokers.filter((broker) => broker < waiting);
    const through = before.at(-1) ?? 0;
    const singles = brokers.slice(before.length).map((broker) => ({ tag: broker, isMultiple: false }));
    if (through === 0) return singles;
    this.isBaseOpen = false;
    return [{ tag: through, isMultiple: true }, ...singles];
  }

  private forget(tag: number): void {
    const broker = this.open.get(tag);
    if (this.open.delete(tag) && broker !== tag) this.moved -= 1;
  }
}
