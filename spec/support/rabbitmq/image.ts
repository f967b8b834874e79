import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether Docker can run this image on this machine; pulls it if needed.
 * An engine that cannot see our files (on another machine, or outside our own container) does not count: its brokers
 * could be neither configured nor reached.
 */
export async function findImage(image: string, say: (line: string) => void): Promise<boolean> {
  if (!(await docker('info'))) return false;
  if (!(await docker('image', 'inspect', image))) {
    say(`pulling the Docker image ${image}`);
    if (!(await docker('pull', '--quiet', image))) return false;
  }
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-image-'));
  try {
    writeFileSync(join(directory, 'seen'), '');
    return await docker('run', '--rm', '--volume', `${directory}:/probe`, '--entrypoint', 'cat', image, '/probe/seen');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function docker(...args: string[]): Promise<boolean> {
  try {
    await run('docker', args, { timeout: 300_000 });
    return true;
  } catch {
    return false;
  }
}
