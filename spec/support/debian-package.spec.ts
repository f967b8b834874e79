import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type DebianProgram, findPrograms } from './debian-package.js';
import { temporaryDirectory } from './program.js';

const NODE: DebianProgram = { files: ['/no/such/node', process.execPath], check: ['-e', '0'], packages: ['nodejs'] };

test('of an installed program, the first file that passes the check is used', async (t) => {
  const install = async () => t.fail('nothing is missing');
  t.deepEqual(await findPrograms([NODE], t.fail, install), [process.execPath]);
});

test('programs that are missing or fail the check are installed together, and reported', async (t) => {
  const file = join(temporaryDirectory(t), 'program');
  const missing: DebianProgram = { files: [file], check: [], packages: ['program', 'its-library'] };
  const incomplete: DebianProgram = {
    files: [process.execPath],
    check: ['-e', `fs.accessSync('${file}')`],
    packages: ['module'],
  };
  const said: string[] = [];
  const installed: string[] = [];
  const install = async (packages: readonly string[], say: (line: string) => void) => {
    say('installing');
    installed.push(...packages);
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
  };
  const found = await findPrograms([missing, NODE, incomplete], (line) => said.push(line), install);
  t.deepEqual(found, [file, process.execPath, process.execPath]);
  t.deepEqual(installed, ['program', 'its-library', 'module']);
  t.deepEqual(said, ['installing']);
});

test('when a program is missing and cannot be installed, the error says how to install it', async (t) => {
  const missing: DebianProgram = { files: ['/no/such/program'], check: ['--help'], packages: ['a-package'] };
  const message =
    'this spec requires /no/such/program, but running it with --help failed: install it (Debian: apt-get install a-package) and run the specs again';
  await t.throwsAsync(findPrograms([NODE, missing], t.fail, null), { message });
  await t.throwsAsync(
    findPrograms(
      [missing],
      () => {},
      async () => {},
    ),
    { message },
    'the installation did not help',
  );
});
