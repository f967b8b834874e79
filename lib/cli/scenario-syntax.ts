/** The values of `--assert`. */
export const ASSERTIONS = 'recovers-within=DURATION | survives';
