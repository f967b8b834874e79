import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { namespaceCommand, noNamespace } from '../support/in-namespace.js';
import { signalGroup } from '../support/rabbitmq/processes.js';
import { type Command, isServer, isWatcher } from './command.js';

/** What became of a command. */
export interface Ran {
  readonly command: Command;
  /** Null if it did not end. */
  readonly status: number | null;
  /** Its standard output and standard error. */
  readonly output: string;
}

/** Names in the examples that stand for this machine. */
const HOSTS = ['localhost', 'broker.example', 'broker-1.example', 'broker-2.example', 'snare', 'snare-1', 'snare-2'];

/** Programs that no snippet may run here: they need a machine or a cluster, or change this one. */
const NOT_HERE = [
  'apt',
  'apt-get',
  'brew',
  'docker',
  'gem',
  'git',
  'helm',
  'kubectl',
  'open',
  'pip',
  'ssh',
  'sudo',
  'yarn',
];

/** In ms. */
export const TIMEOUT = 240_000;

/**
 * Runs the commands of a page in one shell, in a folder that looks like the checkout, and in a network namespace in which all ports of
 * the documentation are free.
 *
 * @param ip the path of iproute2's `ip`
 */
export async function runCommands(ip: string, commands: readonly Command[]): Promise<readonly Ran[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rabbit-snare-page-'));
  const [work, out] = [join(folder, 'rabbit-snare'), join(folder, 'out')];
  try {
    prepare(work);
    mkdirSync(out);
    const script = join(folder, 'page.sh');
    writeFileSync(
      script,
      [`. ${quoted(resolve('spec/docs/session.sh'))}`, ...commands.map(call), 'stop', ''].join('\n'),
    );
    const [file = '', ...args] = namespaceCommand(ip);
    const own = Object.entries(process.env).filter(([name]) => !/^(RABBIT_SNARE_|NODE_|FORCE_COLOR)/.test(name));
    const child = spawn(file, [...args, 'bash', script], {
      cwd: resolve('.'),
      // Its process group is its own, so that all of it can be ended.
      detached: true,
      env: { ...Object.fromEntries(own), REPOSITORY: resolve('.'), WORK: work, OUT: out },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const end = () => {
      for (const group of [String(child.pid), ...read(join(out, 'groups')).split('\n')]) {
        if (Number(group) > 0) signalGroup(Number(group), 'SIGKILL');
      }
    };
    const timer = setTimeout(end, TIMEOUT);
    const [code] = await once(child, 'close');
    clearTimeout(timer);
    end();
    if (code !== 0 && !existsSync(join(out, '0.status'))) throw noNamespace(errors);
    return commands.map((command, at) => {
      const status = read(join(out, `${at}.status`)).trim();
      return { command, status: /^\d+$/.test(status) ? Number(status) : null, output: read(join(out, `${at}.out`)) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The line of the script that runs a command. */
function call(command: Command, at: number): string {
  const text = quoted(command.text);
  if (isServer(command)) return `serve ${at} ${text}`;
  if (!isWatcher(command)) return `foreground ${at} ${text}`;
  const [, redirected] = /[^>]> *(\S+)/.exec(command.text) ?? [];
  return `watch ${at} ${text} ${redirected ?? `"$OUT/${at}.out"`}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Makes a folder with everything that is in the checkout, and the programs of the examples. */
function prepare(work: string): void {
  const bin = join(work, '.bin');
  mkdirSync(bin, { recursive: true });
  for (const name of readdirSync('.')) symlinkSync(resolve(name), join(work, name));
  writeFileSync(join(work, '.hosts'), `127.0.0.1 ${HOSTS.join(' ')}\n`);
  const program = (name: string, lines: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const rabbitSnare = `exec ${quoted(process.execPath)} ${quoted(resolve('dist/program/main.js'))}`;
  const next = (name: string) =>
    `exec ${quoted(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim())} "$@"`;
  const refuse = (name: string) => `echo "${name} is not for specs: mark the block as not run" >&2; exit 1`;
  program('rabbit-snare', `${rabbitSnare} "$@"`);
  program('npx', `if [ "$1" = rabbit-snare ]; then shift; ${rabbitSnare} "$@"; fi\n${next('npx')}`);
  program('node', `exec ${quoted(process.execPath)} "$@"`);
  // This spec runs in a checkout that is installed and built, and is part of the tests.
  program(
    'npm',
    `case "$1" in ci|test) exit 0 ;; start) ${rabbitSnare} run ;; run) ${refuse('npm run')} ;; esac
${next('npm')}`,
  );
  for (const name of NOT_HERE) program(name, refuse(name));
}
