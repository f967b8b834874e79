import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canInstallPackage, installPackages } from './rabbitmq/install.js';

const execute = promisify(execFile);

/** What a spec runs of another maker, and how Debian and Ubuntu call it. */
export interface DebianProgram {
  /** Names or paths of the program, the best first. */
  readonly files: readonly string[];
  /** With these arguments it ends with 0 where all that the spec needs of it is there. */
  readonly check: readonly string[];
  readonly packages: readonly string[];
}

/**
 * Finds the programs on this machine; what is missing is installed, all at once, where we may (root on Debian or Ubuntu).
 *
 * @param say gets one line before anything that takes its time or changes the machine
 * @returns for each program the file that runs, in the same order
 * @throws Error that says what to install when one is missing
 */
export async function findPrograms(
  programs: readonly DebianProgram[],
  say: (line: string) => void,
  install: typeof installPackages | null = canInstallPackage() ? installPackages : null,
): Promise<readonly string[]> {
  const there = await Promise.all(programs.map(findFile));
  const missing = programs.filter((_, at) => there[at] === undefined);
  if (missing.length > 0 && install !== null) {
    const names = missing.flatMap(({ packages }) => packages);
    await install(names, say);
  }
  const found = await Promise.all(programs.map((program, at) => there[at] ?? findFile(program)));
  return found.map((file, at) => file ?? notFound(programs[at] as DebianProgram));
}

async function findFile({ files, check }: DebianProgram): Promise<string | undefined> {
  for (const file of files) {
    try {
      await execute(file, check, { timeout: 20_000 });
      return file;
    } catch {
      // The next one may be the right one.
    }
  }
  return undefined;
}

function notFound({ files, check, packages }: DebianProgram): never {
  throw new Error(
    `this spec needs ${files.join(' or ')}, and it did not run with ${check.join(' ')}: ` +
      `install it (Debian: apt-get install ${packages.join(' ')}) and run npm test again`,
  );
}
