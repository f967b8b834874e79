import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../support/command-error.js';
import { progress } from './progress.js';

/** Where a build has its program. Older revisions only have the second. */
const MAINS = ['dist/program/main.js', 'dist/lib/cli/main.js'];

/** The program of a built checkout; undefined if it is not built. */
export function mainOf(checkout: string): string | undefined {
  return MAINS.map((path) => join(checkout, path)).find((path) => existsSync(path));
}

/**
 * The build to compare with.
 *
 * @param base the folder of a built checkout, or a git revision, which is cloned, installed and built
 * @param directory for the clone
 * @returns its folder
 * @throws CommandError if it is neither, or cannot be built
 */
export function baseBuild(base: string, directory: string): string {
  if (statSync(base, { throwIfNoEntry: false })?.isDirectory()) {
    if (mainOf(base)) return resolve(base);
    throw new CommandError(`--compare: ${base} is not built; run npm ci && npm run build there`);
  }
  const revision = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${base}^{commit}`], { encoding: 'utf8' });
  if (revision.status !== 0) {
    throw new CommandError(`--compare: "${base}" is neither a folder nor a git revision`);
  }
  const clone = join(directory, 'base');
  run('git', ['clone', '--quiet', '--shared', '--no-checkout', '.', clone]);
  run('git', ['-C', clone, 'checkout', '--quiet', revision.stdout.trim()]);
  run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', clone]);
  run('npm', ['run', 'build', '--prefix', clone]);
  return clone;
}

function run(file: string, args: readonly string[]): void {
  progress(`${file} ${args.join(' ')}`);
  const { status, stderr, stdout, error } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new CommandError(`--compare: ${file} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}
