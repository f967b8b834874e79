import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Ready } from '../../lib/instance/ready-file.js';
import { until } from './rabbitmq/until.js';
import { within } from './within.js';

/** The built program, as installed by npm. */
const MAIN = 'dist/program/main.js';

/** A run of the program. */
export interface Program {
  readonly child: ChildProcess;
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when it has exited and all its output has arrived. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  signal(signal: NodeJS.Signals): void;
}

/** Limits of the operating system on a program. */
export type ProgramLimits = {
  /** Files and sockets that it may open. */
  readonly openFiles?: number;
};

/** The arguments of the shell, which sets the limits and then becomes the program. */
const limited = ({ openFiles = 0 }: ProgramLimits): readonly string[] => [
  '-c',
  `ulimit -n ${openFiles} && exec "$0" "$@"`,
];

/** Starts the program without the machine's `RABBIT_SNARE_` variables; it is killed when the test ends. */
export function startProgram(
  t: ExecutionContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limits: ProgramLimits | null = null,
): Program {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('RABBIT_SNARE_'));
  const command = [process.execPath, MAIN, ...args];
  const [file = '', ...rest] = limits === null ? command : ['/bin/sh', ...limited(limits), ...command];
  const child = spawn(file, rest, {
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const ended = within(closed, () => `the end of ${args.join(' ')}: ${stderr}`, 45_000);
  // A spec does not have to wait for it.
  ended.catch(() => {});
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    signal: (signal) => void child.kill(signal),
  };
}

/** Creates a directory that is removed when the test ends. */
export function temporaryDirectory(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A running instance. */
export interface Running extends Program {
  readonly ready: Ready;
  readonly readyFile: string;
  readonly host: string;
  /** Address of its first proxy. */
  readonly port: number;
}

/** Starts `run` on free ports, and waits until it is ready. */
export async function startRunning(
  t: ExecutionContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limits: ProgramLimits | null = null,
): Promise<Running> {
  const readyFile = join(temporaryDirectory(t), 'ready.json');
  const flags = ['--listen', '127.0.0.1:0', '--control', 'off', '--ready-file', readyFile];
  // A flag must not be given twice: the spec's takes precedence over ours.
  const ours = flags.filter((_, at) => !args.includes(flags[at - (at % 2)] as string));
  const program = startProgram(t, [...ours, ...args], env, limits);
  const ready = await untilReady(program, readyFile);
  const listen = ready.proxies[0]?.listen ?? '';
  return { ...program, ready, readyFile, host: '127.0.0.1', port: Number(listen.slice(listen.lastIndexOf(':') + 1)) };
}

/** Waits for the ready file of a program. */
export async function untilReady({ child, stderr }: Program, readyFile: string): Promise<Ready> {
  let hasEnded = false;
  child.once('close', () => {
    hasEnded = true;
  });
  const ready = await until(() => hasEnded || readReady(readyFile), 40_000);
  if (ready === undefined || ready === true) throw new Error(`not ready: ${stderr()}`);
  return ready;
}

function readReady(path: string): Ready | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Ready;
  } catch (error) {
    // The file is renamed into place, so it is complete when it exists.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
