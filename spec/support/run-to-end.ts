import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a program did. */
export interface Ended {
  /** Its exit code; null if it was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In ms. */
const PATIENCE = 20_000;

/**
 * Runs a program in a process of its own; one that has not ended in time is terminated.
 *
 * @param patience in ms
 * @throws Error when there is no such program
 */
export async function runToEnd(file: string, args: readonly string[], patience = PATIENCE): Promise<Ended> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patience });
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
