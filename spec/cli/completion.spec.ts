import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { commandTree, everyCommand } from '../../lib/cli/command-tree.js';
import { COMMANDS } from '../../lib/cli/commands.js';
import { bashScript } from '../../lib/cli/completion/bash.js';
import { fishScript } from '../../lib/cli/completion/fish.js';
import { zshScript } from '../../lib/cli/completion/zsh.js';
import { type DebianProgram, findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { temporaryDirectory } from '../support/program.js';

const PROGRAM = commandTree(COMMANDS);

/** Command lines with the cursor at the end, and what is offered there, sorted. The folder has `a file.yaml` and `sub`. */
const OFFERED: Readonly<Record<string, readonly string[]>> = {
  'rabbit-snare ': PROGRAM.commands.map(({ name }) => name).sort(),
  'rabbit-snare co': ['completion', 'config', 'connections'],
  'rabbit-snare config ': ['check', 'schema', 'show'],
  'rabbit-snare --config sub faults ': ['add', 'list', 'remove', 'update'],
  'rabbit-snare --mo': ['--mode'],
  'rabbit-snare run --mode ': ['guard', 'observe'],
  'rabbit-snare run --mode=g': ['guard'],
  'rabbit-snare --log-format=': ['json', 'pretty', 'rabbitmq'],
  'rabbit-snare run --listen ': [],
  'rabbit-snare run --config ': ['a file.yaml', 'sub'],
  'rabbit-snare run --upstream-tls-ca s': ['sub', 'system'],
  'rabbit-snare config check ': ['a file.yaml', 'sub'],
  'rabbit-snare config check --': ['--help', '--version'],
  'rabbit-snare probe --expect 3.1': ['3.10', '3.11', '3.12', '3.13'],
  'rabbit-snare connections --close ': ['320', 'fin', 'rst'],
  'rabbit-snare health-checks --style tls': ['tls_handshake', 'tls_hello'],
  'rabbit-snare watch --no': ['--no-health-checks'],
  'rabbit-snare faults add amqp_h': ['amqp_hold'],
  'rabbit-snare scenario show slow-': ['slow-network', 'slow-start', 'slow-tune'],
  'rabbit-snare scenario run su': ['sub'],
  'rabbit-snare run --scenario half-': ['half-a-frame', 'half-open'],
  'rabbit-snare scenario run --assert s': ['survives'],
  'rabbit-snare toxiproxy --run': ['--runtime-metrics'],
  'rabbit-snare completion ': ['bash', 'fish', 'zsh'],
};

/** A folder with the script, and the programs that ask the shells. */
function folderWith(t: ExecutionContext, script: string): string {
  const folder = temporaryDirectory(t);
  const working = join(folder, 'working');
  mkdirSync(join(working, 'sub'), { recursive: true });
  writeFileSync(join(working, 'a file.yaml'), '');
  writeFileSync(join(folder, 'script'), script);
  writeFileSync(join(folder, 'ask.bash'), ASK_BASH);
  writeFileSync(join(folder, 'ask.fish'), ASK_FISH);
  writeFileSync(join(folder, 'ask.zsh'), ASK_ZSH);
  writeFileSync(join(folder, '.zshrc'), ZSHRC);
  return folder;
}

/** Its arguments are the words of each command line, followed by END. */
const ASK_BASH = `source ../script
while (($#)); do
  COMP_WORDS=()
  while [[ $1 != END ]]; do COMP_WORDS+=("$1"); shift; done
  shift
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _rabbit_snare
  printf '%s\\n' "\${COMPREPLY[@]}" END
done
`;

const ASK_FISH = `source ../script
for line in $argv
    complete -C $line
    echo END
end
`;

/** Asks an interactive zsh on a pseudoterminal, because only its line editor completes. */
const ASK_ZSH = `zmodload zsh/zpty
zpty shell ZDOTDIR=.. zsh -d -i
zpty -r shell out '*READY*'
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t'
  zpty -r shell out '*END*'
  print -rl -- \${(M)\${(f)\${out//$'\\r'/}}:#offered *} END
done
zpty -d shell
`;

/** compadd prints the candidates that it receives. compinit reads all of fpath, so only what is needed is left there. */
const ZSHRC = `PROMPT=
typeset -U fpath
fpath=(\${^fpath}/(compinit|_main_complete|_files)(N:h))
autoload -Uz compinit && compinit -u -D
source ../script
compadd() {
  case " $* " in (*' -[ADO] '*) builtin compadd "$@"; return;; esac
  local -a offered
  builtin compadd -A offered "$@"
  print -rl -- '' 'offered '$^offered
  builtin compadd "$@"
}
ask() { zle complete-word; BUFFER=; print -r -- '' END }
zle -N ask
bindkey '^I' ask
print READY
`;

/** Runs a shell once for all command lines. Its output has the candidates of each, followed by END. */
async function offeredBy(
  t: ExecutionContext,
  shell: { readonly program: DebianProgram | string; readonly ask: string; readonly script: string },
  args: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const folder = folderWith(t, shell.script);
  const { program } = shell;
  const [file] = typeof program === 'string' ? [program] : await findPrograms([program], (line) => t.log(line));
  const { stdout, stderr } = spawnSync(file as string, [`../${shell.ask}`, ...args], {
    cwd: join(folder, 'working'),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    timeout: 50_000,
  });
  const answers = stdout.split(/^END\n/m).map((answer) => answer.split('\n').filter((line) => line !== ''));
  t.is(answers.length, Object.keys(OFFERED).length + 1, stderr);
  return Object.fromEntries(
    Object.keys(OFFERED).map((line, at) => [line, [...new Set((answers[at] ?? []).map(plain))].sort()]),
  );
}

/** Removes what a shell adds: fish its descriptions and the flag, zsh backslashes, both a slash after a folder. */
const plain = (line: string): string =>
  line
    .replace(/^offered /, '')
    .replace(/\t.*/, '')
    .replace(/^--[\w-]+=/, '')
    .replaceAll('\\', '')
    .replace(/\/$/, '');

/** The words that bash makes of a command line. */
const bashWords = (line: string): readonly string[] => [...line.split(/ |(?==)|(?<==)/), 'END'];

test.serial('bash completes commands, flags, values and files', async (t) => {
  const shell = { program: 'bash', ask: 'ask.bash', script: bashScript(PROGRAM) };
  t.deepEqual(await offeredBy(t, shell, Object.keys(OFFERED).flatMap(bashWords)), OFFERED);
});

test.serial('fish completes commands, flags, values and files', async (t) => {
  const shell = { program: DEBIAN_PROGRAMS.fish, ask: 'ask.fish', script: fishScript(PROGRAM) };
  t.deepEqual(await offeredBy(t, shell, Object.keys(OFFERED)), OFFERED);
});

test.serial('zsh completes commands, flags, values and files', async (t) => {
  const shell = { program: DEBIAN_PROGRAMS.zsh, ask: 'ask.zsh', script: zshScript(PROGRAM) };
  t.deepEqual(await offeredBy(t, shell, Object.keys(OFFERED)), OFFERED);
});

test('every flag that takes one of a few values says so in its syntax or its choices', (t) => {
  const flags = everyCommand(PROGRAM).flatMap((node) => node.flags);
  for (const { names, description = '', syntax } of flags) {
    const [, said] = /\(([^()]*(?:FILE|VERSION| \| )[^()]*)\)$/.exec(description) ?? [];
    if (said !== undefined) t.is(syntax, said.replace(/;.*|\.\.\.$/, ''), names[0]);
  }
});
