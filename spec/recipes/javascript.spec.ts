import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { specToolPackage } from '../support/spec-tools.js';

const FOLDER = 'docs/recipes';
const names = (await readdir(FOLDER)).filter((name) => name !== 'README.md');
const recipes = new Map<string, string>();
for (const name of names) recipes.set(name, await readFile(join(FOLDER, name), 'utf8'));

/**
 * For each JavaScript recipe, changes that take from its client what it tests. The first tests of the recipe must then
 * fail: one of them, unless `fail` says otherwise.
 */
const WEAKENED: Record<string, readonly { readonly change: readonly [string, string][]; readonly fail?: number }[]> = {
  'ava.test.mjs': [{ change: [[', { recovery: { initialDelay: 10, maxRetries: 3 } }', '']] }],
  'node-test.test.mjs': [{ change: [["'orders' } })", "'orders' } }).catch(() => null)"]] }],
  'vitest.test.mjs': [{ change: [[', { timeout: 300 }', '']] }],
  'jest.test.mjs': [{ change: [[', { recovery: { initialDelay: 10 } }', '']] }],
  'retries-a-refused-login.test.mjs': [{ change: [['maxRetries: 4', 'maxRetries: 0']], fail: 2 }],
  'survives-a-lost-confirm.test.mjs': [
    { change: [['attempt <= 3', 'attempt <= 1']] },
    { change: [['if (isConfirmed) return', 'return']] },
  ],
  'notices-a-half-open-connection.test.mjs': [
    {
      change: [
        ['heartbeat=1', 'heartbeat=0'],
        ['timeout(15_000)', 'timeout(5_000)'],
      ],
    },
  ],
  'does-not-stampede.test.mjs': [
    {
      // A smaller pool, because a busy machine spreads the connections of a large one.
      change: [
        ['jitter: 1', 'jitter: 0'],
        ['POOL = 20', 'POOL = 4'],
      ],
    },
  ],
};

type Results = Record<string, 'passed' | 'failed'>;

/** A project that has installed rabbit-snare and the runners, with all recipes and their weakened copies. */
async function createProject(t: ExecutionContext): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'rabbit-snare-recipes-'));
  t.teardown(() => rm(project, { recursive: true }));
  const installed = join(project, 'node_modules');
  // A copy, because runners process a package that is linked from elsewhere like the sources of the project.
  const copy = join(installed, 'rabbit-snare');
  await mkdir(join(copy, 'dist'), { recursive: true });
  await cp('package.json', join(copy, 'package.json'));
  const isNeeded = (path: string) => !/\.map$|\.d\.ts$|dist\/lib\/dashboard/.test(path);
  await cp('dist/lib', join(copy, 'dist/lib'), { recursive: true, filter: isNeeded });
  await symlink(resolve('node_modules'), join(copy, 'node_modules'));
  for (const name of ['amqplib', 'ava']) await symlink(resolve('node_modules', name), join(installed, name));
  for (const name of ['jest', 'vitest']) await symlink(specToolPackage(name), join(installed, name));
  await writeFile(join(project, 'package.json'), '{"private": true}');
  return project;
}

/** Writes a recipe and its weakened copies into the project. @returns the files, and the results that its tests must have */
async function copyRecipe(t: ExecutionContext, name: string, project: string) {
  const source = recipes.get(name) ?? '';
  const titles = [...source.matchAll(/^test\('(.*)'/gm)].map(([, title]) => title);
  const files = [name];
  const expected: Results = Object.fromEntries(titles.map((title) => [title, 'passed']));
  await writeFile(join(project, name), source);
  const weakened = WEAKENED[name] ?? [];
  t.true(weakened.length > 0, `${name} has a weakened copy`);
  for (const [number, { change, fail = 1 }] of weakened.entries()) {
    const prefix = `weakened ${number + 1}: `;
    let changed = source.replaceAll(/^test\('/gm, `test('${prefix}`);
    for (const [from, to] of change) {
      t.true(changed.includes(from), `${name} contains ${from}`);
      changed = changed.replace(from, to);
    }
    const file = `weakened-${number + 1}-${name}`;
    await writeFile(join(project, file), changed);
    files.push(file);
    for (const [at, title] of titles.entries()) expected[prefix + title] = at < fail ? 'failed' : 'passed';
  }
  return { files, expected };
}

/** Runs Node.js in the project. @returns its standard output, whatever its exit code is */
function runNode(project: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, RABBITMQ: `127.0.0.1:${sharedRabbitmq().port}`, NODE_TEST_CONTEXT: undefined };
  return new Promise((done) =>
    execFile(process.execPath, args, { cwd: project, env }, (_, stdout, stderr) => done({ stdout, stderr })),
  );
}

/** Results in TAP; Vitest adds the name of the file and the time. */
function tapResults(output: string): Results {
  const lines = output.matchAll(/^(not )?ok \d+ - (?:.* > )?(.*?)(?: # time=.*)?$/gm);
  return Object.fromEntries([...lines].map(([, not, title]) => [title, not ? 'failed' : 'passed']));
}

function jestResults(output: string): Results {
  type Files = { testResults: { assertionResults: { title: string; status: Results[string] }[] }[] };
  const { testResults } = JSON.parse(output) as Files;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(tests.map(({ title, status }) => [title, status]));
}

/** By the command in the first line of a recipe. */
const RUNNERS = {
  'npx ava': { args: ['node_modules/ava/entrypoints/cli.mjs', '--tap', '--timeout=60s'], resultsOf: tapResults },
  'node --test': { args: ['--test', '--test-reporter=tap'], resultsOf: tapResults },
  'npx vitest run': { args: ['node_modules/vitest/vitest.mjs', 'run', '--reporter=tap-flat'], resultsOf: tapResults },
  'NODE_OPTIONS=--experimental-vm-modules npx jest': {
    args: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--watchman=false', '--json'],
    resultsOf: jestResults,
  },
};

test('the JavaScript recipes pass with their runners, and fail for a client without what they test', async (t) => {
  t.timeout(180_000);
  const project = await createProject(t);
  const left = new Set(names.filter((name) => name.endsWith('.mjs')));
  const runs = Object.entries(RUNNERS).map(async ([command, { args, resultsOf }], number) => {
    const own = [...left].filter((name) => recipes.get(name)?.split('\n')[0]?.endsWith(` && ${command} ${name}`));
    for (const name of own) left.delete(name);
    const copied = await Promise.all(own.map((name) => copyRecipe(t, name, project)));
    // One file, so that the runner loads the packages once.
    const all = `all-${number}.test.mjs`;
    const imports = copied.flatMap(({ files }) => files.map((file) => `import './${file}';\n`));
    await writeFile(join(project, all), imports.join(''));
    const { stdout, stderr } = await runNode(project, [...args, all]);
    const [results, expected] = [resultsOf(stdout), Object.assign({}, ...copied.map((each) => each.expected))];
    if (!isDeepStrictEqual(results, expected)) t.log(stdout, stderr);
    t.deepEqual(results, expected, command);
  });
  await Promise.all(runs);
  t.deepEqual([...left], [], 'the first line of each recipe ends with the command that runs it');
});

test('every recipe has fewer than 40 lines and one row in the index', async (t) => {
  const index = await readFile(join(FOLDER, 'README.md'), 'utf8');
  const rows = [...index.matchAll(/^\| \[[^\]]+\]\(([^)]+)\) \| .+ \|$/gm)].map(([, name]) => name);
  t.deepEqual(rows.sort(), [...names].sort());
  for (const [name, source] of recipes) t.true(source.trimEnd().split('\n').length < 40, name);
});
