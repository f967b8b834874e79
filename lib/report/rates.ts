/** Counts since a start, at a time. Times are ISO 8601. */
export type Counted<Name extends string> = {
  readonly at: string;
  readonly startedAt: string;
  readonly totals: { readonly [Key in Name]: number };
};

/**
 * Returns how much was counted per second between two times. A connection can count as open for a moment after its end, so that a
 * total that includes open ones may drop: then its rate is 0.
 *
 * @param before null: there is no earlier time
 * @returns null if the counts are not of the same run, or not from different times
 */
export function ratesBetween<Name extends string>(
  before: Counted<Name> | null,
  after: Counted<Name>,
): { readonly [Key in Name]: number } | null {
  if (before === null || before.startedAt !== after.startedAt) return null;
  const seconds = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
  if (!(seconds > 0)) return null;
  const names = Object.keys(after.totals) as Name[];
  const rates = names.map((name) => [name, Math.max(0, after.totals[name] - before.totals[name]) / seconds]);
  return Object.fromEntries(rates) as { readonly [Key in Name]: number };
}
