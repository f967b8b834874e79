import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.js';

/** The version of rabbit-snare, from package.json. */
export const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
  readonly version: string;
};
