/** Top-level keys that a reload does not apply: the log, the control API and the like are set up once, at startup. */
export const RESTART_KEYS = ['control', 'reports', 'log', 'seed', 'readyFile'] as const;
