import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { commandTree } from '../../lib/cli/command-tree.js';
import { COMMANDS } from '../../lib/cli/commands.js';

const PAGE = readFileSync('docs/command-line.md', 'utf8');

/** Runs each command line in turn, all in one process, as it sets the exit code of that process. */
const RUNNER = `
const { runCommandLine } = await import(${JSON.stringify(pathToFileURL('dist/lib/cli/command-line.js').href)});
process.once('message', async (lines) => {
  const codes = [];
  for (const args of lines) {
    process.exitCode = undefined;
    codes.push(await runCommandLine(args));
  }
  process.send(codes, () => process.exit());
});
process.send('ready');
`;

test('the exit codes of the examples in docs/command-line.md are those of the program', async (t) => {
  const examples = [...PAGE.matchAll(/^\| `rabbit-snare (.+)` \| ([012]) \| /gm)].map(([, line = '', code]) => ({
    line,
    code: Number(code),
  }));
  t.true(examples.length >= 20);
  t.deepEqual([...new Set(examples.map(({ code }) => code))].sort(), [0, 1, 2]);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RUNNER], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'message');
  child.send(examples.map(({ line }) => line.split(' ')));
  const [codes] = (await once(child, 'message')) as [readonly number[]];
  t.deepEqual(
    examples.map(({ line }, at) => ({ line, code: codes[at] })),
    examples,
  );
});

test('docs/command-line.md has every command with its description and its exit codes', (t) => {
  const [, commands = '', codes = ''] =
    /## Commands\n([\s\S]*?)## Rules[\s\S]*?each command:\n([\s\S]*?)For example/.exec(PAGE) ?? [];
  const rows = [...commands.matchAll(/^\| \[`(\S+)`\]\(\S+\) \| (.+) \|$/gm)].map(([, name, text]) => [name, text]);
  const all = commandTree(COMMANDS).commands;
  t.deepEqual(
    rows,
    all.map(({ name, description }) => [name, description]),
  );
  t.deepEqual(
    all.filter(({ name }) => !new RegExp(`\`${name}[ \`]`).test(codes)).map(({ name }) => name),
    [],
  );
});
