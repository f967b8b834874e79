// node spec/release/check.ts v1.2.3: checks that everything is ready for the release of this tag, and prints its release notes.
// Node.js 24 runs this file as it is, so the workflow of the release needs no build for it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a release is made from. */
export type Release = {
  /** `v1.2.3` */
  readonly tag: string;
  /** Text of package.json, package-lock.json and CHANGELOG.md. */
  readonly manifest: string;
  readonly lock: string;
  readonly changelog: string;
};

/**
 * Returns the section of the changelog about a release.
 *
 * @throws Error with one line for each disagreement between the tag, package.json, package-lock.json and CHANGELOG.md
 */
export function releaseNotes({ tag, manifest, lock, changelog }: Release): string {
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const locked = JSON.parse(lock) as { readonly version: string; readonly packages: { readonly ''?: typeof locked } };
  const sections = changelog.split(/^## /m).slice(1).map(sectionOf);
  const [newest] = sections.filter(({ name }) => name !== 'Unreleased');
  const problems = [
    /^v\d+\.\d+\.\d+$/.test(tag) ? [] : `the tag must be a version such as v1.2.3, not ${tag}`,
    tag === `v${version}` ? [] : `the tag is ${tag}, but package.json has version ${version}`,
    locked.version === version && locked.packages['']?.version === version
      ? []
      : `package-lock.json has version ${locked.version}, but package.json has ${version}: run npm install`,
    newest?.name === version
      ? []
      : `the newest section of CHANGELOG.md is ${newest?.name ?? 'missing'}, but package.json has version ${version}`,
    newest === undefined || newest.date !== undefined ? [] : `CHANGELOG.md has no date: ## ${version} - YYYY-MM-DD`,
    newest?.text === '' ? `CHANGELOG.md says nothing about ${version}` : [],
    sections.every(({ name, text }) => name !== 'Unreleased' || text === '')
      ? []
      : `CHANGELOG.md has unreleased changes: move them to the section of ${version}`,
  ].flat();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return `${newest?.text}\n`;
}

/** A section of the changelog begins `## 1.2.3 - 2026-01-31`; the version may be in brackets. */
function sectionOf(section: string) {
  const [head = '', ...lines] = section.split('\n');
  const [, name = head.trim(), date] = /^\[?([\w.-]+)\]?(?: - (\d{4}-\d\d-\d\d))?\s*$/.exec(head) ?? [];
  return { name, date, text: lines.join('\n').trim() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [manifest = '', lock = '', changelog = ''] = ['package.json', 'package-lock.json', 'CHANGELOG.md'].map((path) =>
    readFileSync(path, 'utf8'),
  );
  try {
    process.stdout.write(releaseNotes({ tag: process.argv[2] ?? '', manifest, lock, changelog }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
