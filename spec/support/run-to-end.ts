import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** The result of a program. */
export interface Ended {
  /** Its exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In ms. */
const PATIENCE = 20_000;

/**
 * Runs a program in its own process, which is terminated on timeout.
 *
 * @param patience in ms
 * @throws Error when the program does not exist
 */
export async function runToEnd(file: string, args: readonly string[], patience = PATIENCE): Promise<Ended> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patience });
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
