/** The label of all values that came after the limit was reached. */
export const OTHER = 'other';

/** Bounds the values of a label: the first `most` values are kept forever, and all others become `other`. */
export class LabelValues {
  private readonly most: number;
  private readonly seen = new Set<string>();

  constructor(most: number) {
    this.most = most;
  }

  /** Returns the value, or `other`. */
  of(value: string): string {
    if (this.seen.has(value)) return value;
    if (this.seen.size >= this.most) return OTHER;
    this.seen.add(value);
    return value;
  }
}
