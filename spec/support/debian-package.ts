import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { aptGet, canAptGet } from './apt-get.js';

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
): Promise<readonly string[]> {
  const missing = await missingOf(programs);
  if (missing.length > 0 && canAptGet()) {
    const packages = missing.flatMap((program) => program.packages);
    say(`installing the packages ${packages.join(' ')} with apt-get`);
    await aptGet('update', '-qq');
    await aptGet('install', '-qq', '--yes', '--no-install-recommends', ...packages);
  }
  const found = await Promise.all(programs.map(findFile));
  return found.map((file, at) => file ?? notFound(programs[at] as DebianProgram));
}

async function missingOf(programs: readonly DebianProgram[]): Promise<readonly DebianProgram[]> {
  const found = await Promise.all(programs.map(findFile));
  return programs.filter((_, at) => found[at] === undefined);
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
    `this spec needs ${files.join(' or ')}, and none of them ran with ${check.join(' ')}: ` +
      `install it (Debian: apt-get install ${packages.join(' ')}) and run npm test again`,
  );
}
