import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { clientWords } from '../support/client-words.js';

const PATH = 'docs/clients.md';

test(`${PATH} says what the clients say`, async (t) => {
  const words = await clientWords();
  if (process.env['WRITE_DOCS']) writeFileSync(PATH, words);
  t.is(readFileSync(PATH, 'utf8'), words, 'it is stale, or a client has changed; run this spec with WRITE_DOCS=1');
});
