import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { shell } from '../support/rabbitmq/command.js';
import { keep } from '../support/rabbitmq/keeper.js';
import { TYPES } from './deck.js';

const RUN = 'dist/spec/soak/run.js';
/** The start of a broker alone may take 50 s on a busy machine, and there are three. In ms. */
const PATIENCE = 600_000;

/** Starts a run; it ends with the test, and also if the test process is killed. */
function startSoak(t: ExecutionContext, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [RUN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const release = keep(shell('kill -s TERM "$1"', [`${child.pid}`], {}));
  t.teardown(() => {
    release();
    child.kill('SIGTERM');
  });
  return child;
}

test.serial('a short run keeps every promise', async (t) => {
  t.timeout(PATIENCE);
  const child = startSoak(t, ['--minutes', '0.1', '--seed', '1']);
  const [[code], out, err] = await Promise.all([
    once(child, 'close'),
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  t.is(code, 0, `${out}\n${err}`);
  t.regex(out, /^confirmed messages lost +0$/m);
  t.regex(out, /^messages corrupt +0$/m);
  for (const what of [
    'messages confirmed',
    'messages consumed',
    'connections reported',
    'broker killed',
    'broker restarted in an orderly way',
    ...TYPES.map((type) => `hits of ${type}`),
  ]) {
    t.regex(out, new RegExp(`^${what} +[1-9]`, 'm'), what);
  }
  t.notRegex(err, /\r/, 'no progress is shown when it is piped');
});

test.serial('an interrupted run leaves neither the proxy nor the broker behind', async (t) => {
  t.timeout(PATIENCE);
  const child = startSoak(t, ['--minutes', '5']);
  let err = '';
  const begun = new Promise<RegExpExecArray>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (data: string) => {
      err += data;
      const found = /process (\d+) is the proxy, in front of RabbitMQ \S+ on 127\.0\.0\.1:(\d+)\n/.exec(err);
      if (found) resolve(found);
    });
    child.once('close', () => reject(new Error(err)));
  });
  const [, proxy, broker] = await begun;
  t.true(isRunning(Number(proxy)));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  t.is(code, 130, err);
  t.false(isRunning(Number(proxy)));
  t.is(await dialed(Number(broker)), 'ECONNREFUSED');
});

for (const [args, says] of [
  [[], /^soak: --minutes is missing/],
  [['--minutes', 'x'], /^soak: --minutes must be a number/],
] as const) {
  test(`soak ${args.join(' ')} explains the usage`, async (t) => {
    const child = startSoak(t, args);
    const [[code], err] = await Promise.all([once(child, 'close'), text(child.stderr as NodeJS.ReadableStream)]);
    t.is(code, 2);
    t.regex(err, says);
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function dialed(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
