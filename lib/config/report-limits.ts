/** Reports that an instance keeps at most, and tells at once. */
export const MOST_REPORTS = 100_000;

/** The longest that a request for reports is held, in ms: intermediaries give up after a minute. */
export const LONGEST_WAIT = 30_000;
