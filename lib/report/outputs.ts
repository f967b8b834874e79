import type { OutputState } from '../output/line-output.js';

/** The condition of what the program writes. `reports`: null when no reports are written. */
export type Outputs = { readonly log: OutputState; readonly reports: OutputState | null };
