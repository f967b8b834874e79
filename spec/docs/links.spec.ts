import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'ava';
import { anchorsOf, linksOf } from './links.js';
import { pages } from './pages.js';

const anchors = new Map<string, ReadonlySet<string>>();

/** What is wrong with a link; undefined if nothing is. */
function problemOf(page: string, link: string): string | undefined {
  // Other sites are not asked: they are not always there, and neither is a network.
  if (/^[a-z]+:/i.test(link)) {
    return URL.canParse(link) && /^(https?|mailto):/.test(link) ? undefined : 'is not an address';
  }
  const [path = '', anchor] = link.split('#').map(decodeURIComponent);
  const target = path === '' ? page : posix.join(posix.dirname(page), path);
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined || target.startsWith('..')) return 'leads to no file';
  if (anchor === undefined) return undefined;
  if (!stats.isFile()) return 'has an anchor, but leads to a folder';
  const text = readFileSync(target, 'utf8');
  const [, from, to = from] = /^L(\d+)(?:-L(\d+))?$/.exec(anchor) ?? [];
  if (from !== undefined) {
    const last = text.split('\n').length - 1;
    return Number(from) <= Number(to) && Number(to) <= last ? undefined : `leads to a line after the last, ${last}`;
  }
  if (!anchors.has(target)) anchors.set(target, anchorsOf(text));
  return anchors.get(target)?.has(anchor) ? undefined : `leads to no heading of ${target}`;
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

for (const page of pages()) {
  test(`every link and image in ${page} leads to a file, a heading or a line`, (t) => {
    const problems = linksOf(readFileSync(page, 'utf8')).flatMap(({ line, link }) => {
      const problem = problemOf(page, link);
      return problem === undefined ? [] : [`${page}:${line}: ${link} ${problem}`];
    });
    t.is(problems.join('\n'), '');
  });
}

test('every file of the repository that a page names exists', (t) => {
  // Git ignores spec/fuzz/finds.
  const missing = pages().flatMap((page) => {
    const named = readFileSync(page, 'utf8').matchAll(
      /(?<![\w/.])(?!spec\/fuzz\/finds)(?:lib|spec|config|docs|\.ci|\.github)\/[\w./-]*\w/g,
    );
    return [...named].flatMap(([path]) => (isThere(path) ? [] : [`${page}: ${path}`]));
  });
  t.deepEqual([...new Set(missing)], []);
});

test('every script of npm that a page names exists', (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: object };
  const missing = pages().flatMap((page) => {
    const named = readFileSync(page, 'utf8').matchAll(/npm (?:run )(?:--silent )?([\w:-]+)/g);
    return [...named].flatMap(([, name = '']) => (name in scripts ? [] : [`${page}: npm run ${name}`]));
  });
  t.deepEqual(missing, []);
});

test('links are found in Markdown and in HTML, and not in code', (t) => {
  const text = [
    '[a](a.md "title") ![b](<b c.png>) [![c](c.png)](c.md#x) [d][ref] `[no](no.md)` \\[no](no.md)',
    '[ref]: d.md',
    '<img src="e.png"> <a href=\'f.md\'>f</a> <https://g.example/>',
    '```sh',
    '[no](no.md)',
    '```',
    '[h [i]](h(1).md)',
  ];
  t.deepEqual(
    linksOf(text.join('\n')).map(({ line, link }) => `${line} ${link}`),
    [
      '1 a.md',
      '1 b%20c.png',
      '1 c.png',
      '1 c.md#x',
      '2 d.md',
      '3 e.png',
      '3 f.md',
      '3 https://g.example/',
      '7 h(1).md',
    ],
  );
  t.throws(() => linksOf('[d][nowhere]'), { message: /1: \[nowhere\] is not defined/ });
});

test('anchors are those of GitHub', (t) => {
  const text = [
    '# A `code`, and [a link](x.md)!',
    '## Same',
    'Setext',
    '------',
    '## Same',
    '```sh',
    '# no',
    '```',
    '## snake_case and *emphasis* & more',
    '<a id="own"></a>',
  ];
  t.deepEqual(
    [...anchorsOf(text.join('\n'))],
    ['a-code-and-a-link', 'same', 'setext', 'same-1', 'snake_case-and-emphasis--more', 'own'],
  );
});
