import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { specTool } from '../support/spec-tools.js';

const execute = promisify(execFile);

type Manifest = {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly scripts: Readonly<Record<string, string>>;
};
type Packed = readonly [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];
type Lock = {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean; readonly dev?: boolean }>>;
};

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** The tarball, and a folder that was empty before the tarball was installed there. */
const folder = mkdtempSync(join(tmpdir(), 'rabbit-snare-package-'));
const installed = join(folder, 'installed');
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Without the variables that npm sets for a script that it runs, such as this spec's. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

let tarball = '';
let paths: readonly string[] = [];

test.before('pack and install', async (t) => {
  t.timeout(300_000);
  mkdirSync(installed);
  // The build is there already, and `prepack` would build it again.
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await execute('npm', pack, { env, maxBuffer: 16 * 1024 * 1024 });
  const [{ filename, files }] = JSON.parse(stdout) as Packed;
  tarball = join(folder, filename);
  paths = files.map(({ path }) => path);
  const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball];
  await execute('npm', install, { cwd: installed, env });
});

test('the package has the license, the readme, the changelog, the scenarios and the schema', (t) => {
  const scenarios = readdirSync('config/scenarios').map((name) => `config/scenarios/${name}`);
  const named = ['LICENSE', 'README.md', 'CHANGELOG.md', 'config/rabbit-snare.schema.json', ...scenarios];
  t.deepEqual(
    named.filter((path) => !paths.includes(path)),
    [],
  );
});

test('the package has the page of the dashboard without its sources', (t) => {
  t.deepEqual(
    paths.filter((path) => path.startsWith('dist/lib/dashboard/')).sort(),
    ['index.html', 'main.js', 'style.css'].map((name) => `dist/lib/dashboard/page/${name}`),
  );
  t.true(paths.includes('dist/lib/control/routes/dashboard.js'));
});

test('the package has no development files', (t) => {
  const others = paths.filter((path) => !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|config\/.+)$/.test(path));
  t.deepEqual(
    others.filter((path) => !/^dist\/(program\/.+\.js|lib\/dashboard\/page\/.+|lib\/.+\.(js|d\.ts))$/.test(path)),
    [],
  );
  t.false(paths.includes('dist/lib/config/generate.js'));
});

test('every entry of the package is ESM with types', (t) => {
  for (const entry of Object.values(manifest.exports)) {
    const files = typeof entry === 'string' ? [entry] : [entry.types, entry.default];
    for (const file of files) t.true(paths.includes(file.replace('./', '')), file);
  }
});

test('the installation runs no scripts and brings no development dependencies', (t) => {
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) t.is(manifest.scripts[hook], undefined);
  const { packages } = JSON.parse(readFileSync(join(installed, 'node_modules/.package-lock.json'), 'utf8')) as Lock;
  const bad = Object.entries(packages).filter(([, { hasInstallScript, dev }]) => hasInstallScript || dev);
  t.deepEqual(bad, []);
  t.true(Object.keys(packages).includes('node_modules/rabbit-snare'));
});

test('the installed size is the one in docs/command-line.md', (t) => {
  const [, stated] = /needs (\d+) MB/.exec(readFileSync('docs/command-line.md', 'utf8')) ?? [];
  const files = readdirSync(join(installed, 'node_modules'), { recursive: true, encoding: 'utf8' });
  const bytes = files
    .map((name) => statSync(join(installed, 'node_modules', name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
  const megabytes = bytes / 1e6;
  t.true(Math.abs(megabytes - Number(stated)) <= 2, `it is ${megabytes.toFixed(1)} MB`);
});

test('publint finds nothing', async (t) => {
  t.timeout(180_000);
  const { stdout } = await execute(process.execPath, [specTool('publint'), '--strict', tarball]);
  t.regex(stdout, /All good!/);
});

test('attw finds the types of every entry', async (t) => {
  t.timeout(180_000);
  // It exits with 1 if there is a problem.
  const { stdout } = await execute(process.execPath, [specTool('attw'), tarball, '--profile', 'esm-only']);
  for (const entry of Object.keys(manifest.exports)) t.true(stdout.includes(`"${entry.replace('.', 'rabbit-snare')}"`));
});

test('the library, the client and npx work where only the package is installed', async (t) => {
  t.timeout(180_000);
  writeFileSync(
    join(installed, 'try.mjs'),
    `import { createSnare } from 'rabbit-snare';
import { connectSnare } from 'rabbit-snare/client';
const snare = await createSnare();
console.log(JSON.stringify({ port: new URL(snare.url).port, client: typeof connectSnare }));
process.stdin.once('end', () => snare.close()).resume();
`,
  );
  const library = spawn(process.execPath, ['try.mjs'], { cwd: installed, env, stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => library.kill('SIGKILL'));
  const [line] = await once(library.stdout.setEncoding('utf8'), 'data');
  const { port, client } = JSON.parse(line) as { readonly port: string; readonly client: string };
  t.is(client, 'function');

  const probe = ['--no-install', 'rabbit-snare', 'probe', `127.0.0.1:${port}`, '--only', 'lowercase', '--json'];
  const { stdout } = await execute('npx', probe, { cwd: installed, env });
  t.like(JSON.parse(stdout)[0], { case: 'lowercase', end: 'rst' });
  const [command = ''] = Object.keys(manifest.bin);
  const version = await execute(join(installed, 'node_modules/.bin', command), ['--version'], { env });
  t.is(version.stdout, `${manifest.version}\n`);

  const exited = once(library, 'exit');
  library.stdin.end();
  t.deepEqual(await exited, [0, null]);
});
