import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { within } from '../support/within.js';

const MODULE = new URL('../../lib/cli/exit-now.js', import.meta.url).href;

/** Runs a program that then exits with code 3, and returns its exit code and what it wrote to standard error. */
async function exitAfter(t: ExecutionContext, program: string, ...args: string[]) {
  const code = `${program}; process.exitCode = 3; const { exitNow } = await import('${MODULE}'); exitNow();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, ...args]);
  t.teardown(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [exitCode] = await within(once(child, 'close'), 'the end of the process');
  return [exitCode, errors];
}

test('the process ends with its exit code, and prints nothing', async (t) => {
  t.deepEqual(await exitAfter(t, 'setInterval(() => {}, 1_000)'), [3, '']);
});

test('a file that does not open does not delay the exit where Node has execve', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'exit-now-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const program = "(await import('node:fs')).open(process.argv[1], 'r', () => {})";
  const exiting = exitAfter(t, program, fifo);
  // Without execve, Node waits for the file to open.
  if (!('execve' in process)) closeSync(openSync(fifo, 'w'));
  t.deepEqual(await exiting, [3, '']);
});
