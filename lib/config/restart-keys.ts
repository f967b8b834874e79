/** Top-level keys that a reload does not apply, because what they configure is set up once, at startup. */
export const RESTART_KEYS = [
  'control',
  'reports',
  'healthCheckSources',
  'log',
  'seed',
  'readyFile',
  'memoryLimit',
] as const;
