import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { within } from '../support/within.js';

const MODULE = new URL('../../lib/cli/leave-on-signal.js', import.meta.url).href;

/** Sends a signal to a program that believes it has this process id, when it has printed a line, and returns how it ended. */
async function endOf(
  pid: number,
  signal: NodeJS.Signals,
  then = '',
): Promise<[code: number | null, signal: string | null]> {
  const code = `Object.defineProperty(process, 'pid', { value: ${pid} });
    const { leaveOnSignal } = await import('${MODULE}');
    leaveOnSignal();
    ${then};
    setInterval(() => {}, 1_000);
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code]);
  await within(once(child.stdout, 'data'), 'the start of the program');
  child.kill(signal);
  const [exitCode, by] = await within(once(child, 'exit'), 'the end of the program');
  return [exitCode, by];
}

test('a signal that nothing else handles ends process 1', async (t) => {
  t.deepEqual(await endOf(1, 'SIGTERM'), [143, null]);
  t.deepEqual(await endOf(1, 'SIGINT'), [130, null]);
});

test('the signal is left to others that handle it, and to the kernel if the program is not process 1', async (t) => {
  t.deepEqual(await endOf(1, 'SIGTERM', "process.on('SIGTERM', () => process.exit(7))"), [7, null]);
  t.deepEqual(await endOf(42, 'SIGTERM'), [null, 'SIGTERM']);
});
