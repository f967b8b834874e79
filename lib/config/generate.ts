// Writes the files that are made from the schema: npm run generate, in the repository's root.
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated.js';

for (const [path, text] of Object.entries(generatedFiles())) writeFileSync(path, text);
