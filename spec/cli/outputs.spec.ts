import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../lib/report/report.js';
import { type Running, startProgram, startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { dialWire } from '../support/wire.js';

type Health = {
  readonly outputs: Record<'log' | 'reports', { readonly failing: string | null; readonly lost: number }>;
};

/** A client that is refused. */
async function refused(t: ExecutionContext, running: Pick<Running, 'host' | 'port'>): Promise<void> {
  const client = await dialWire(t, running);
  await client.send('amqp0091');
  t.is(await client.how(), 'rst');
}

const healthOf = async (control: string | null): Promise<Health['outputs']> =>
  ((await (await fetch(`${control}/healthz`)).json()) as Health).outputs;

/** Waits until an output fails with a code. */
const failing = async (control: string | null, output: 'log' | 'reports', code: string) =>
  until(async () => (await healthOf(control))[output].failing === code, 10_000);

const reportsIn = (file: string): Report[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Report)
    : [];

/** Waits until the file has exactly this many reports. */
async function reportsOf(t: ExecutionContext, file: string, count: number): Promise<void> {
  t.truthy(await until(() => reportsIn(file).length >= count, 10_000), `${count} reports in ${file}`);
  t.is(reportsIn(file).length, count);
}

const STAND_IN = ['--upstream', 'stand-in', '--control', '127.0.0.1:0'];

test.serial('reports that cannot be written do not end the proxy, and are counted', async (t) => {
  const running = await startRunning(t, [...STAND_IN, '--reports', '/dev/full']);
  const { control } = running.ready;
  await refused(t, running);
  t.true(await failing(control, 'reports', 'ENOSPC'));
  t.truthy(
    await until(
      () => /reports cannot be written to \/dev\/full \(ENOSPC\); trying again/.test(running.stderr()),
      10_000,
    ),
  );
  const metrics = await (await fetch(`${control}/metrics`)).text();
  t.regex(metrics, /^rabbit_snare_output_failing\{output="reports"\} 1$/m);
  t.regex(metrics, /^rabbit_snare_output_failing\{output="log"\} 0$/m);
  await refused(t, running);
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

test.serial('a log that cannot be written does not end the proxy, and is counted', async (t) => {
  const readyFile = join(temporaryDirectory(t), 'ready.json');
  const full = openSync('/dev/full', 'w');
  const child = spawn(
    process.execPath,
    ['dist/program/main.js', '--listen', '127.0.0.1:0', '--ready-file', readyFile, ...STAND_IN],
    { stdio: ['ignore', 'ignore', full] },
  );
  closeSync(full);
  t.teardown(() => child.kill('SIGKILL'));
  t.truthy(await until(() => existsSync(readyFile), 40_000));
  const { proxies, control } = JSON.parse(readFileSync(readyFile, 'utf8'));
  await refused(t, { host: '127.0.0.1', port: Number(proxies[0].listen.split(':')[1]) });
  t.true(await failing(control, 'log', 'ENOSPC'));
  child.kill('SIGTERM');
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test.serial('a log reader that leaves does not end the proxy', async (t) => {
  const running = await startRunning(t, STAND_IN);
  running.child.stderr?.destroy();
  await refused(t, running);
  await refused(t, running);
  t.true(await failing(running.ready.control, 'log', 'EPIPE'));
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

test.serial('a reader of the reports that has stalled does not keep a stopped proxy alive', async (t) => {
  const running = await startRunning(t, [...STAND_IN, '--reports', '-']);
  running.child.stdout?.pause();
  // More than a pipe and the reader's own buffer hold.
  for (let count = 0; count < 300; count += 1) await refused(t, running);
  const exit = once(running.child, 'exit');
  running.signal('SIGTERM');
  t.deepEqual(await exit, [0, null]);
});

test.serial('SIGHUP opens the reports file again after it was moved', async (t) => {
  const directory = temporaryDirectory(t);
  const [file, moved] = [join(directory, 'reports.jsonl'), join(directory, 'reports.jsonl.1')];
  const running = await startRunning(t, [...STAND_IN, '--reports', file]);
  await refused(t, running);
  await reportsOf(t, file, 1);
  renameSync(file, moved);
  await refused(t, running);
  await reportsOf(t, moved, 2);
  running.signal('SIGHUP');
  t.truthy(await until(() => existsSync(file), 10_000));
  await refused(t, running);
  await reportsOf(t, file, 1);
  await reportsOf(t, moved, 2);
});

test.serial('reports that were written to a FIFO without a reader wait for one', async (t) => {
  const fifo = join(temporaryDirectory(t), 'reports');
  execFileSync('mkfifo', [fifo]);
  const running = await startRunning(t, [...STAND_IN, '--reports', fifo]);
  t.truthy(await until(() => /nothing reads .*reports: reports wait for a reader/.test(running.stderr()), 10_000));
  await refused(t, running);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  t.teardown(() => closeSync(reader));
  const buffer = Buffer.alloc(65_536);
  const read = () => {
    try {
      return readSync(reader, buffer) || undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
      throw error;
    }
  };
  const count = await until(read, 10_000);
  t.is((JSON.parse(buffer.toString('utf8', 0, count)) as Report).reason.name, 'bad_header');
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

test.serial('SIGTERM ends a proxy whose FIFO has no reader', async (t) => {
  const fifo = join(temporaryDirectory(t), 'reports');
  execFileSync('mkfifo', [fifo]);
  const running = await startRunning(t, [...STAND_IN, '--reports', fifo]);
  await refused(t, running);
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

test.serial('a command whose reader leaves ends without an error', async (t) => {
  const program = startProgram(t, ['classify', '--all-dialects', '414d515000000901']);
  program.child.stdout?.destroy();
  t.deepEqual(await program.ended, { code: 0, signal: null });
  t.is(program.stderr(), '');
});
