import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'ava';

const PAGES = [...readdirSync('.'), ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Pages that other branches add. */
const TO_COME = new Set([
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/configuration.md',
  'docs/dialects.md',
  'docs/probe.md',
  'docs/reports.md',
  'docs/toxiproxy.md',
]);

/** Anchors in GitHub's form: `## In the test process` becomes `in-the-test-process`. */
const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

for (const page of PAGES) {
  test(`every link in ${page} leads to a file or a heading`, (t) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : posix.join(posix.dirname(page), file);
      if (!existsSync(target)) return !TO_COME.has(target);
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    t.deepEqual(broken, []);
  });
}
