import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** The compiled form of a spec whose source was deleted. */
const stale = existsSync('dist/spec')
  ? readdirSync('dist/spec', { recursive: true }).filter(
      (name) => name.endsWith('.spec.js') && !existsSync(`spec/${name.slice(0, -2)}ts`),
    )
  : [];

// The compiled specs, and not their sources: Ava's provider for TypeScript would be loaded by each of hundreds of workers, which takes
// a quarter of the time of a small spec.
export default {
  files: ['dist/spec/**/*.spec.js', ...stale.map((name) => `!dist/spec/${name}`)],
  timeout: '60s',
  // By name and not by folder: specs that wait for a broker then run beside specs that compute, and no core is idle.
  sortTestFiles: (a, b) => basename(a).localeCompare(basename(b)) || a.localeCompare(b),
};
