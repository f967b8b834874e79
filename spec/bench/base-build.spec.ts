import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { CommandError } from '../support/command-error.js';
import { temporaryDirectory } from '../support/program.js';
import { baseBuild, mainOf } from './base-build.js';

test('the base is a folder with a build', (t) => {
  const directory = temporaryDirectory(t);
  for (const folder of ['dist/lib/cli', 'dist/program']) {
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, 'main.js'), '');
    t.is(baseBuild(directory, temporaryDirectory(t)), directory);
    t.is(mainOf(directory), join(directory, folder, 'main.js'));
  }
});

test('a folder without a build, and a name that is no revision, are errors', (t) => {
  const directory = temporaryDirectory(t);
  t.throws(() => baseBuild('lib', directory), {
    instanceOf: CommandError,
    message: '--compare: lib is not built; run npm ci && npm run build there',
  });
  t.throws(() => baseBuild('no-such-revision', directory), {
    instanceOf: CommandError,
    message: '--compare: "no-such-revision" is neither a folder nor a git revision',
  });
});
