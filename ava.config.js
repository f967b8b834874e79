import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** The compiled form of a spec whose source was deleted. */
const stale = existsSync('dist/spec')
  ? readdirSync('dist/spec', { recursive: true }).filter(
      (name) => name.endsWith('.spec.js') && !existsSync(`spec/${name.slice(0, -2)}ts`),
    )
  : [];

const rank = (file) => (basename(file).startsWith('client-faults.') ? 0 : 1);

// The compiled specs, and not their sources: Ava's provider for TypeScript would be loaded by each of hundreds of workers, which takes
// a quarter of the time of a small spec.
export default {
  files: ['dist/spec/**/*.spec.js', ...stale.map((name) => `!dist/spec/${name}`)],
  timeout: '60s',
  // By name and not by folder: specs that wait for a broker then run beside specs that compute, and no core is idle. The one that starts
  // six clients at a time is first, so that it is over before the conformance specs measure times.
  sortTestFiles: (a, b) => rank(a) - rank(b) || basename(a).localeCompare(basename(b)) || a.localeCompare(b),
};
