// Run by `npm run bench`: measures rabbit-snare beside other proxies.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../support/command-error.js';
import { type Arguments, parseArguments } from './arguments.js';
import { baseBuild } from './base-build.js';
import { Bench } from './bench.js';
import { installed } from './installed.js';
import { describeMachine, isIdle, load, nodeVersion } from './machine.js';
import { measureAll } from './measure-all.js';
import { DIRECT, measureBroker } from './measure-broker.js';
import { isInNamespace, runInNamespace } from './namespace.js';
import { clearProgress, note, progress } from './progress.js';
import type { ProxyProgram } from './proxy-program.js';
import { type Result, resultAsMarkdown, resultAsText } from './result.js';

/** Exit codes. */
const [FAILED, WRONG_USAGE] = [1, 2] as const;

const FORMATS = {
  text: resultAsText,
  json: (result: Result) => JSON.stringify(result),
  markdown: resultAsMarkdown,
} as const;

// Servers end with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(FAILED));

try {
  const args = await parseArguments(process.argv.slice(2));
  if (args) process.exitCode = await run(args);
} catch (error) {
  clearProgress();
  console.error(error instanceof CommandError ? `bench: ${error.message}` : error);
  process.exitCode = error instanceof CommandError ? WRONG_USAGE : FAILED;
}

async function run(args: Arguments): Promise<number> {
  if (process.platform !== 'linux') throw new CommandError('only on Linux: CPU time and memory are read from /proc');
  const node = versionOf(args.node);
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-bench-'));
  // The servers write to it until they have ended.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const base = args.compare === undefined ? undefined : baseBuild(args.compare, directory);
  const notes: string[] = [];
  // A broker in a container could not be reached from the namespace, and its rates are far from the limit.
  if (!args.isBroker && !isInNamespace()) {
    const done = await runInNamespace([...process.argv.slice(1), ...(base === undefined ? [] : ['--compare', base])]);
    if (typeof done === 'number') return done;
    notes.push(
      `Not in a network namespace (${done}): ports of closed connections wait in TIME_WAIT, which may limit connections, refusals and health checks.`,
    );
  }
  const [before, machine] = [load(), describeMachine()];
  if (!isIdle())
    notes.push(`The machine was not idle: its load average was ${before.toFixed(2)}. Compare ratios only.`);
  for (const each of notes) note(each);
  const { proxies, notes: missing } = installed(args, base);
  const { columns, sections, notes: measured } = await measure(args, proxies, directory);
  const result: Result = {
    when: new Date(),
    machine,
    load: before,
    node,
    rounds: args.rounds,
    seconds: args.seconds,
    proxies: proxies.map(({ name, version }) => ({ name, version })),
    columns,
    sections,
    notes: [...notes, ...missing, ...measured],
  };
  clearProgress();
  console.log(FORMATS[args.format](result));
  return 0;
}

async function measure(args: Arguments, proxies: readonly ProxyProgram[], directory: string) {
  const names = proxies.map(({ name }) => name);
  if (args.isBroker) {
    const notes: string[] = [];
    const said = { note: (text: string) => void notes.push(text), progress };
    return { columns: [DIRECT, ...names], sections: await measureBroker(args, proxies, directory, said), notes };
  }
  await using bench = await Bench.start(args, proxies, directory);
  return { columns: names, sections: await measureAll(bench), notes: [...bench.notes] };
}

function versionOf(node: string): string {
  try {
    return nodeVersion(node);
  } catch {
    throw new CommandError(`--node: "${node}" is not a Node.js that can be run`);
  }
}
