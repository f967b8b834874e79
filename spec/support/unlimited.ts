import type { Limits } from '../../lib/report/limits.js';

/** No limit of the process is known. */
export const UNLIMITED: Limits = {
  connections: { open: 0, max: null, openFiles: null },
  memory: { used: 50_000_000, limit: null, refusing: false },
};
