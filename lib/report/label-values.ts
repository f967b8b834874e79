/** What stands in a label for all values that came too late to have a series of their own. */
export const OTHER = 'other';

/** The values of a label: the first so many that were seen, and one for all others. They are never forgotten. */
export class LabelValues {
  private readonly most: number;
  private readonly seen = new Set<string>();

  constructor(most: number) {
    this.most = most;
  }

  /** @returns the value, or `other` */
  of(value: string): string {
    if (this.seen.has(value)) return value;
    if (this.seen.size >= this.most) return OTHER;
    this.seen.add(value);
    return value;
  }
}
