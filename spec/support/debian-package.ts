import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { canInstallPackage, installPackages } from './rabbitmq/install.js';

const execute = promisify(execFile);

/** A third-party program that a spec runs, and its Debian and Ubuntu packages. */
export interface DebianProgram {
  /** Names or paths of the program, in order of preference. */
  readonly files: readonly string[];
  /** Arguments with which the program exits with 0 if it has all that the spec needs. */
  readonly check: readonly string[];
  readonly packages: readonly string[];
  /** Whether only Debian has the packages. On Ubuntu they are not installed. @defaultValue false */
  readonly isMissingInUbuntu?: boolean;
}

/**
 * Finds the programs on this machine. Missing ones are installed, all at once, if possible (root on Debian or Ubuntu).
 *
 * @param say receives one line before anything slow, or anything that changes the machine
 * @returns the file to run for each program, in the same order
 * @throws Error that says what to install when a program is missing
 */
export async function findPrograms(
  programs: readonly DebianProgram[],
  say: (line: string) => void,
  install: typeof installPackages | null = canInstallPackage() ? installPackages : null,
): Promise<readonly string[]> {
  const there = await Promise.all(programs.map(findFile));
  const missing = packagesOf(programs, there);
  if (missing.length > 0 && install !== null) await install(missing, say);
  const found = await Promise.all(programs.map((program, at) => there[at] ?? findFile(program)));
  return found.map((file, at) => file ?? notFound(programs[at] as DebianProgram));
}

/** The Debian packages of the programs that are not on this machine. */
export async function missingPackages(programs: readonly DebianProgram[]): Promise<readonly string[]> {
  return packagesOf(programs, await Promise.all(programs.map(findFile)));
}

/** The packages of those programs that were not found, as far as this distribution has them. */
function packagesOf(programs: readonly DebianProgram[], found: readonly (string | undefined)[]): readonly string[] {
  return programs
    .filter(({ isMissingInUbuntu = false }, at) => found[at] === undefined && !(isMissingInUbuntu && isUbuntu()))
    .flatMap(({ packages }) => packages);
}

function isUbuntu(): boolean {
  try {
    return /^ID(_LIKE)?=.*\bubuntu\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

async function findFile({ files, check }: DebianProgram): Promise<string | undefined> {
  for (const file of files) {
    try {
      await execute(file, check, { timeout: 20_000 });
      return file;
    } catch {
      // Try the next file.
    }
  }
  return undefined;
}

function notFound({ files, check, packages }: DebianProgram): never {
  throw new Error(
    `this spec requires ${files.join(' or ')}, but running it with ${check.join(' ')} failed: ` +
      `install it (Debian: apt-get install ${packages.join(' ')}) and run the specs again`,
  );
}
