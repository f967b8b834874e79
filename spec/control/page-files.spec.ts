import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { readPage } from '../../lib/control/page-files.js';
import { temporaryDirectory } from '../support/program.js';

const HTML = '<link href="dashboard/style.css"><script src="dashboard/main.js"></script>';

function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): URL {
  const folder = temporaryDirectory(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
  return pathToFileURL(`${folder}/`);
}

test('the HTML names the version of each file, which depends on its content only', async (t) => {
  const files = { 'index.html': HTML, 'main.js': 'let a;', 'style.css': 'p {}' };
  const page = await readPage(folderWith(t, files));
  const [script, style] = ['main.js', 'style.css'].map((name) => page?.files.get(name)?.version);
  t.is(
    Buffer.from(page?.index.content ?? []).toString(),
    `<link href="dashboard/style.css?v=${style}"><script src="dashboard/main.js?v=${script}"></script>`,
  );
  const other = await readPage(folderWith(t, { ...files, 'main.js': 'let b;' }));
  t.is(other?.files.get('style.css')?.version, style);
  t.not(other?.files.get('main.js')?.version, script);
  t.not(other?.index.version, page?.index.version);
});

test('only files that a page can have are read', async (t) => {
  const folder = folderWith(t, { 'index.html': HTML, 'main.js': '', 'main.js.map': '{}', '.env': '' });
  mkdirSync(new URL('more', folder));
  t.deepEqual([...((await readPage(folder))?.files.keys() ?? [])], ['main.js']);
});

test('a folder without HTML, and a folder that does not exist, have no page', async (t) => {
  const folder = folderWith(t, { 'main.js': '' });
  t.is(await readPage(folder), null);
  t.is(await readPage(new URL('nothing/', folder)), null);
});
