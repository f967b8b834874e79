// Plays a bug of docs/client-bugs.md. Argument: its ID. Exits with 0 if the affected version fails and the fixed one passes, with 1 if
// not, and with 2 for wrong arguments.
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { installSpecTools } from '../support/spec-tools.js';
import { BUGS, type Bug, flagsOf } from './bugs.js';
import { lineOf, play } from './play.js';

const [id, ...others] = process.argv.slice(2);
const bug = BUGS.find((each) => each.id === id);
if (bug === undefined || others.length > 0) {
  console.error(`client-bugs: give one of ${BUGS.map((each) => each.id).join(', ')}`);
  process.exit(2);
}
process.exit((await isReproduced(bug)) ? 0 : 1);

async function isReproduced({ client, url, faults, affected, fixed }: Bug): Promise<boolean> {
  const programs = [DEBIAN_PROGRAMS.bunny, DEBIAN_PROGRAMS.pyAmqp];
  await (fixed ? installSpecTools(console.error) : findPrograms(programs, console.error));
  console.log(`${url}\n${flagsOf(faults)}`);
  const versions = fixed ? [affected, fixed] : [affected];
  const played = await Promise.all(versions.map((version) => play(version, faults)));
  for (const [at, each] of played.entries()) console.log(lineOf(client, versions[at]?.version, each));
  const [before, after] = played;
  return before?.passes === false && after?.passes !== false;
}
