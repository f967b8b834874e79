import type { Outputs } from '../../lib/report/outputs.js';

/** Nothing fails, and nothing is lost. */
export const WORKING: Outputs = { log: { failing: null, lost: 0 }, reports: null };
