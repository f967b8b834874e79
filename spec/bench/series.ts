/** One figure of one proxy, once per round. */
export interface Series {
  /** What is measured, with its unit: a row of a table. */
  readonly title: string;
  /** A column of a table. */
  readonly proxy: string;
  readonly values: readonly number[];
  /** Whether the load generator was the limit. */
  readonly isBounded?: boolean;
}

/** Series that form one table. */
export interface Section {
  readonly title: string;
  readonly series: readonly Series[];
  /** Whether a second table compares the first proxy with each other one. */
  readonly hasRatios: boolean;
}
