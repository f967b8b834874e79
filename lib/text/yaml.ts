import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The parser of YAML. It is loaded at its first use: without a config file or a scenario, nothing needs it. */
export const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml');
