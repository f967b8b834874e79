import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The folder of the npm packages that only a few specs use; `npm ci` at the top does not install them. */
const folder = resolve('spec/tools');

/** The path of a program in those packages, for example `jest`. */
export function specTool(name: string): string {
  return resolve(folder, 'node_modules/.bin', name);
}

/** The folder of one of those packages. */
export function specToolPackage(name: string): string {
  return resolve(folder, 'node_modules', name);
}

/** Loads a module of those packages. The caller knows its type. */
export function requireSpecTool<Module>(name: string): Module {
  return createRequire(`${folder}/`)(name) as Module;
}

/**
 * Installs those packages, unless exactly those of the lock file are installed.
 *
 * @param say receives one line before the installation
 * @throws Error with npm's output when it fails
 */
export async function installSpecTools(say: (line: string) => void): Promise<void> {
  // npm writes this file at the end of each installation.
  const installed = statSync(resolve(folder, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  if (installed && installed.mtimeMs >= statSync(resolve(folder, 'package-lock.json')).mtimeMs) return;
  say('installing the packages of spec/tools with npm install');
  // Not `npm ci`: it rejects a lock file without the optional packages of the other platforms, which npm only records
  // where the registry has them.
  await execute('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}
