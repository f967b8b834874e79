import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import { findClients } from '../support/client-faults/clients.js';
import { documentOf, tableIn, titleOf } from '../support/client-faults/document.js';
import { playAll } from '../support/client-faults/table.js';
import { temporaryDirectory } from '../support/program.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const DOCUMENT = 'docs/clients.md';
const STALE = `${DOCUMENT} is stale; run: UPDATE=1 npm run spec -- spec/e2e/client-faults.spec.ts`;

test('docs/clients.md matches what clients report for each fault', async (t) => {
  // Packages may have to be installed.
  t.timeout(480_000);
  const clients = await findClients(temporaryDirectory(t), (line) => t.log(line));
  const before = tableIn(await readFile(DOCUMENT, 'utf8'));
  const table = await playAll(
    clients,
    `127.0.0.1:${sharedRabbitmq().port}`,
    ({ row, client }) => before.rows.find(([about]) => about === row.about)?.[before.titles.indexOf(titleOf(client))],
  );
  const document = documentOf(clients, table);
  if (process.env['UPDATE'] === '1') await writeFile(DOCUMENT, document);
  const written = await readFile(DOCUMENT, 'utf8');

  const textAround = (text: string) => text.replaceAll(/^\|.*\n/gm, '');
  t.is(textAround(written), textAround(document), STALE);
  const { titles, rows } = tableIn(written);
  const seen = tableIn(document);
  const nameOf = (title: string) => title.replace(/ [\d.]+$/, '');
  t.deepEqual(titles.map(nameOf), seen.titles.map(nameOf), STALE);
  const compared = seen.titles.filter((title) => titles.includes(title));
  // The distribution determines the versions of its clients, and another version can report something else.
  for (const title of seen.titles.filter((each) => !compared.includes(each)))
    t.log(`not compared: ${DOCUMENT} has another version than ${title}`);
  const columnsOf = ({ titles: all, rows: cells }: typeof seen) =>
    cells.map((row) => Object.fromEntries(compared.map((title) => [title, row[all.indexOf(title)]])));
  t.deepEqual(columnsOf({ titles, rows }), columnsOf(seen), STALE);
});
