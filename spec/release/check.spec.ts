import test from 'ava';
import { type Release, releaseNotes } from './check.js';

const CHANGELOG = `# Changelog

## Unreleased

## 1.2.0 - 2026-01-31

### Added

- A thing.

## 1.1.0 - 2025-12-24

- An older thing.
`;

const ready = (version: string): Release => ({
  tag: 'v1.2.0',
  manifest: JSON.stringify({ version }),
  lock: JSON.stringify({ version, packages: { '': { version } } }),
  changelog: CHANGELOG,
});

test('the release notes are the section of the changelog', (t) => {
  t.is(releaseNotes(ready('1.2.0')), '### Added\n\n- A thing.\n');
  const bracketed = CHANGELOG.replace('## 1.2.0', '## [1.2.0]').replace('## Unreleased\n', '');
  t.is(releaseNotes({ ...ready('1.2.0'), changelog: bracketed }), '### Added\n\n- A thing.\n');
});

for (const [title, release, says] of [
  ['a tag of another version', { tag: 'v1.2.1' }, /^the tag is v1\.2\.1, but package\.json has version 1\.2\.0$/],
  ['a tag without v', { tag: '1.2.0' }, /^the tag must be a version such as v1\.2\.3, not 1\.2\.0\n/],
  ['a prerelease', { tag: 'v1.2.0-rc.1' }, /^the tag must be a version/],
  ['an old lock file', { lock: ready('1.1.0').lock }, /^package-lock\.json has version 1\.1\.0/],
  [
    'an older changelog',
    { changelog: CHANGELOG.replace(/## 1\.2\.0[\s\S]*(?=## 1\.1\.0)/, '') },
    /^the newest section of CHANGELOG\.md is 1\.1\.0, but package\.json has version 1\.2\.0$/,
  ],
  ['an empty changelog', { changelog: '# Changelog\n' }, /^the newest section of CHANGELOG\.md is missing/],
  ['a section without a date', { changelog: CHANGELOG.replace(' - 2026-01-31', '') }, /^CHANGELOG\.md has no date/],
  ['an empty section', { changelog: '## 1.2.0 - 2026-01-31\n' }, /^CHANGELOG\.md says nothing about 1\.2\.0$/],
  [
    'changes that are not released',
    { changelog: CHANGELOG.replace('## Unreleased\n', '## Unreleased\n\n- A change.\n') },
    /^CHANGELOG\.md has unreleased changes/,
  ],
] as const) {
  test(`${title} is not released`, (t) => {
    t.throws(() => releaseNotes({ ...ready('1.2.0'), ...release }), { message: says });
  });
}
