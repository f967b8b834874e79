import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { fitContainer } from '../../lib/instance/fit-container.js';
import { within } from '../support/within.js';

const MIB = 1024 ** 2;
const MODULE = new URL('../../lib/instance/fit-container.js', import.meta.url).href;

type Call = { readonly file: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };

/** Fits a process that is given by its parts, and returns what it would be replaced with. */
function fitted(
  args: readonly string[],
  { container = 128 * MIB, execArgv = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
): readonly Call[] {
  const calls: Call[] = [];
  const execve = (file: string, given: readonly string[], environment: NodeJS.ProcessEnv) =>
    void calls.push({ file, args: given, env: environment });
  const self = { argv0: 'node', argv: ['/bin/node', 'main.js', ...args], execArgv, execPath: '/bin/node', env, execve };
  fitContainer(self, container);
  return calls;
}

test('a process is replaced by one with the same arguments, and sizes for its heap', (t) => {
  const [call, ...others] = fitted(['run', '--listen', '127.0.0.1:0'], {
    execArgv: ['--enable-source-maps'],
    env: { HOME: '/', MALLOC_TRIM_THRESHOLD_: '1' },
  });
  t.deepEqual(others, []);
  t.is(call?.file, '/bin/node');
  t.deepEqual(call?.args, [
    'node',
    '--max-old-space-size=70',
    '--max-semi-space-size=4',
    '--enable-source-maps',
    'main.js',
    'run',
    '--listen',
    '127.0.0.1:0',
  ]);
  t.deepEqual(call?.env, { HOME: '/', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '1' });
});

test('a process that has the sizes is not replaced again', (t) => {
  const [call] = fitted(['run']);
  t.deepEqual(fitted(['run'], { execArgv: call?.args.slice(1, 3) as string[] }), []);
});

test('sizes in NODE_OPTIONS are respected', (t) => {
  t.deepEqual(fitted(['run'], { env: { NODE_OPTIONS: '--max-old-space-size=90' } }), []);
});

for (const args of [[], ['--listen', '127.0.0.1:0'], ['toxiproxy'], ['-host=0.0.0.0']]) {
  test(`"${args.join(' ')}" runs proxies: it is fitted`, (t) => {
    t.is(fitted(args).length, 1);
  });
}

for (const args of [
  ['probe', 'localhost:5672'],
  ['classify'],
  ['config', 'show'],
  ['--help'],
  ['run', '--help'],
  ['--version'],
]) {
  test(`"${args.join(' ')}" ends soon: it is not fitted`, (t) => {
    t.deepEqual(fitted(args), []);
  });
}

test('a process that may not replace itself runs on', (t) => {
  const execve = () => {
    throw new Error('Access to this API has been restricted');
  };
  const self = { argv0: 'node', argv: ['node', 'main.js'], execArgv: [], execPath: 'node', env: {}, execve };
  t.notThrows(() => fitContainer(self, 128 * MIB));
});

/** Starts a process that fits itself to 128 MiB, and then runs a program that can use `v8`. */
function start(t: ExecutionContext, program: string): ChildProcess {
  const code = `
    const { fitContainer } = await import('${MODULE}');
    const { argv0, argv, execArgv, execPath, env, execve } = process;
    // What comes after --eval is in no list of arguments.
    const self = { argv0, argv: ['node', ...argv.slice(1)], execArgv, execPath, env, ...(execve && { execve }) };
    console.log('pid', process.pid);
    fitContainer(self, 128 * 1024 ** 2);
    const v8 = await import('node:v8');
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** Collects what a process writes until it ends. */
async function ended(child: ChildProcess): Promise<{ code: unknown; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await within(once(child, 'close'), 'the end of the process', 30_000);
  return { code: code ?? signal, stdout, stderr };
}

/** Node.js before 22.15 cannot replace a process. It must run on as it is. */
const isReplaced = 'execve' in process;

test('a real process keeps its pid, its input and its exit code, and prints no warning', async (t) => {
  const child = start(
    t,
    `let input = '';
    for await (const chunk of process.stdin) input += chunk;
    console.log(input.trim(), Math.round(v8.getHeapStatistics().heap_size_limit / 1024 ** 2) < 100);
    process.exitCode = 3;`,
  );
  child.stdin?.end('input');
  const { code, stdout, stderr } = await ended(child);
  t.is(stderr, '');
  const pid = `pid ${child.pid}\n`;
  t.is(stdout, `${isReplaced ? pid + pid : pid}input ${isReplaced}\n`);
  t.is(code, 3);
});

test('a signal reaches a process that was fitted', async (t) => {
  const child = start(
    t,
    `process.on('SIGTERM', () => process.exit(4));
    setInterval(() => {}, 1_000);
    console.log('ready');`,
  );
  child.stdout?.on('data', (text: Buffer) => {
    if (text.includes('ready')) child.kill('SIGTERM');
  });
  t.is((await ended(child)).code, 4);
});

test('before Node.js 22.15, the heap grows more slowly', (t) => {
  const calls: unknown[] = [];
  const self = { argv0: 'node', argv: ['node', 'main.js'], execArgv: [], execPath: 'node', env: {} };
  fitContainer(self, 128 * MIB, (...flags) => calls.push(flags));
  t.deepEqual(calls, [['--semi-space-growth-factor=1'], ['--heap-growing-percent=50']]);
});
