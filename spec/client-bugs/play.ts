import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { parseCompact } from '../../lib/faults/compact.js';
import { createSnare } from '../../lib/index.js';
import type { Version } from './bugs.js';

/** What a version of a client did. */
export type Played = {
  /** It came to an end, and did not crash. */
  readonly passes: boolean;
  /** The last thing it did: its last line, or its error. */
  readonly how: string;
};

/** Time for a program after it has started, in ms; after that it hangs. */
export const PATIENCE = 15_000;

/** Runs a version of a client with faults in front of the stand-in. */
export async function play({ command, last = [] }: Version, faults: readonly string[]): Promise<Played> {
  const parsed = faults.map((fault) => parseCompact(fault, { proxy: 'amqp' }));
  // A timeout of the broker must not end what hangs.
  const snare = await createSnare({ faults: parsed, handshakeTimeout: 2 * PATIENCE });
  const [file, ...args] = command;
  const child = spawn(file, [...args, `${snare.port}`, ...last], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (read: string) => {
    stdout += read;
  });
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]);
  await Promise.race([once(child.stdout, 'data'), ended]);
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  const [[code, signal], stderr] = await ended;
  clearTimeout(timer);
  await snare.close();
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (code === 0) return { passes: true, how: line };
  return { passes: false, how: signal === null ? errorOf(stderr) : `hangs after: ${line}` };
}

/** What a version did, in one line. @param version undefined if the distribution determines it */
export function lineOf(client: string, version: string | undefined, { passes, how }: Played): string {
  return `${client} ${version ?? 'of the distribution'} ${passes ? 'passes' : 'fails'}: ${how}`;
}

/** The line of an uncaught error. */
function errorOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line =
    lines.find((each) => /^\w*(Error|Exception)\b/.test(each)) ?? lines.find((each) => / \(\w+::\w+\)$/.test(each));
  return `crashes: ${line?.replace(/^\S+:\d+:in \S+ /, '') ?? stderr.trim()}`;
}
