import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { clientWords } from '../support/client-words.js';

const PATH = 'docs/clients.md';

/** With the words of a client only as far as its kind: what a reset is called depends on the moment at which it comes. */
const kinds = (text: string): string[] =>
  text.split('\n').map((line) => {
    const [what, fault, ...words] = line.split(' | ');
    return [what, fault, ...words.map((each) => each.replace(/`.*`/, 'error'))].join(' | ');
  });

test(`${PATH} says what the clients say`, async (t) => {
  t.timeout(120_000);
  const words = await clientWords();
  if (process.env['WRITE_DOCS']) writeFileSync(PATH, words);
  t.deepEqual(kinds(readFileSync(PATH, 'utf8')), kinds(words), 'a client has changed; run this spec with WRITE_DOCS=1');
});
