// npm run generate: writes the generated files that have changed. Run it in the root of the repository.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generatedFiles } from './generated.js';

for (const [path, text] of Object.entries(generatedFiles())) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  writeFileSync(path, text);
  process.stdout.write(`${path}\n`);
}
