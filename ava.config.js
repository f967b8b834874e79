import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** The compiled form of a spec whose source was deleted. */
const stale = existsSync('dist/spec')
  ? readdirSync('dist/spec', { recursive: true }).filter(
      (name) => name.endsWith('.spec.js') && !existsSync(`spec/${name.slice(0, -2)}ts`),
    )
  : [];

const isFirst = (file) => basename(file) === 'client-faults.spec.js';

// The compiled specs, and not their sources: Ava's provider for TypeScript would be loaded by each of hundreds of workers, which takes
// a quarter of the time of a small spec.
export default {
  files: ['dist/spec/**/*.spec.js', ...stale.map((name) => `!dist/spec/${name}`)],
  timeout: '60s',
  // By folder: the conformance specs measure times, and most other specs in their folder only wait. The spec that starts six clients at a
  // time is therefore first, and not beside them.
  sortTestFiles: (a, b) => Number(isFirst(b)) - Number(isFirst(a)) || a.localeCompare(b),
};
