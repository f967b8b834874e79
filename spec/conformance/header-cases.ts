/** The groups of the recorded cases (spec/fixtures/golden) that the header decides. */
export const HEADER_CASES = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0'] as const;

/** All groups, including those that begin with a good header. */
export const ALL_CASES = [...HEADER_CASES, 'header', 'negotiation', 'running'] as const;
