/** The labels of a series. */
export type Labels = { readonly [label: string]: string };

/** The path of label values that have been seen. */
class Branch<Series> {
  readonly next = new Map<string, Branch<Series>>();
  series: Series | undefined;
}

/**
 * The series of a metric, in the order in which they began. Each is a plain object that is incremented. A counter of prom-client
 * would check and hash its labels at each increment, and every connection would pay for that.
 */
export class Labeled<Series> {
  readonly all: Series[] = [];
  private readonly names: readonly string[];
  private readonly begin: (labels: Labels) => Series;
  private readonly root = new Branch<Series>();

  /** @param names of the labels @param begin returns a new series */
  constructor(names: readonly string[], begin: (labels: Labels) => Series) {
    this.names = names;
    this.begin = begin;
  }

  /** Returns the series with these values, one for each label. */
  of(...values: readonly string[]): Series {
    let branch = this.root;
    for (const value of values) branch = branch.next.get(value) ?? this.grow(branch, value);
    return branch.series ?? this.beginAt(branch, values);
  }

  private grow(branch: Branch<Series>, value: string): Branch<Series> {
    const grown = new Branch<Series>();
    branch.next.set(value, grown);
    return grown;
  }

  private beginAt(branch: Branch<Series>, values: readonly string[]): Series {
    const series = this.begin(Object.fromEntries(this.names.map((name, at) => [name, values[at] as string])));
    branch.series = series;
    this.all.push(series);
    return series;
  }
}
