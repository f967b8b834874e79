import { createRequire } from 'node:module';

/** The version of rabbit-snare, from package.json. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };
