/** Maximum reports that an instance keeps, and that one response has. */
export const MOST_REPORTS = 100_000;

/** Maximum time that a request waits for a report, in ms. HTTP intermediaries time out after a minute. */
export const LONGEST_WAIT = 30_000;

/** Maximum sources whose health checks can be remembered. */
export const MOST_SOURCES = 1_000_000;
