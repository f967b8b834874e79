import { basename } from 'node:path';

export default {
  files: ['spec/**/*.spec.ts'],
  typescript: { rewritePaths: { 'lib/': 'dist/lib/', 'spec/': 'dist/spec/' }, compile: false },
  timeout: '60s',
  // By name and not by folder: specs that wait for a broker then run beside specs that compute, and no core is idle.
  sortTestFiles: (a, b) => basename(a).localeCompare(basename(b)) || a.localeCompare(b),
};
