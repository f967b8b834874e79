/** The groups of the measured cases (spec/fixtures/golden) that the header decides. */
export const HEADER_CASES = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0'] as const;
