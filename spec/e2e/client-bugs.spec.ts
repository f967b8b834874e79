import { readFileSync } from 'node:fs';
import test from 'ava';
import { BUGS, type Bug, flagsOf } from '../client-bugs/bugs.js';
import { lineOf, play } from '../client-bugs/play.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';

/** In ms: more than two programs that hang on a busy machine. */
const TIMEOUT = 60_000;

const sections = readFileSync('docs/client-bugs.md', 'utf8').split(/^## /m);
const sectionOf = ({ url }: Bug) => sections.find((section) => section.includes(`(${url})`)) ?? '';

test.before(async (t) => {
  // Packages may have to be installed.
  t.timeout(150_000);
  await findPrograms([DEBIAN_PROGRAMS.bunny, DEBIAN_PROGRAMS.pyAmqp], (line) => console.error(`# ${line}`));
});

for (const bug of BUGS) {
  const { id, client, faults, harmless, affected, fixed } = bug;
  test(`${id}: ${client} ${affected.version ?? 'of the distribution'} fails, and only with the faults`, async (t) => {
    t.timeout(TIMEOUT);
    const [failed, passed] = await Promise.all([play(affected, faults), play(affected, harmless)]);
    t.false(failed.passes, failed.how);
    t.true(passed.passes, passed.how);
    // How it fails can depend on how its reads fall.
    t.true(sectionOf(bug).includes(lineOf(client, affected.version, { passes: false, how: '' })));
  });

  if (fixed === undefined) continue;
  test(`${id}: ${client} ${fixed.version} passes`, async (t) => {
    t.timeout(TIMEOUT);
    const played = await play(fixed, faults);
    t.true(played.passes, played.how);
    t.true(sectionOf(bug).includes(lineOf(client, fixed.version, played)));
  });
}

for (const bug of BUGS) {
  test(`docs/client-bugs.md has the command, the faults and the first good release of ${bug.id}`, (t) => {
    const section = sectionOf(bug);
    t.true(section.includes(`$ node dist/spec/client-bugs/run.js ${bug.id}\n${bug.url}\n${flagsOf(bug.faults)}\n`));
    t.true(section.includes(`Faults: \`${flagsOf(bug.faults)}\``));
    t.true(section.includes(bug.fixedIn));
  });
}
