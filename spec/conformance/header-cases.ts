/** The groups of the measured cases (spec/fixtures/golden) that the header decides. */
export const HEADER_CASES = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0'] as const;

/** All groups: also what begins with a good header. */
export const ALL_CASES = [...HEADER_CASES, 'header', 'negotiation', 'running'] as const;
