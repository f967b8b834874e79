import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, run } from './command.js';

/** The directory that contains a file for each running node. Set by the test command. */
const variable = 'RABBIT_SNARE_TEST_NODES';

interface Entry {
  readonly name: string;
  /** Line of the spec that started it. */
  readonly startedAt: string;
  readonly ending: Command;
}

/** Opens the registry for this process and all its child processes. */
export function openRegistry(): void {
  process.env[variable] = mkdtempSync(join(tmpdir(), 'rabbit-snare-nodes-'));
}

/** Records a running node. */
export function register(entry: Entry): void {
  const directory = process.env[variable];
  if (directory) writeFileSync(join(directory, entry.name), JSON.stringify(entry));
}

export function unregister(name: string): void {
  const directory = process.env[variable];
  if (directory) rmSync(join(directory, name), { force: true });
}

/** Ends the nodes that were not stopped and closes the registry. Returns one line for each such node. */
export async function sweepRegistry(): Promise<string[]> {
  const directory = process.env[variable];
  if (!directory) return [];
  const left = readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Entry);
  for (const { ending } of left) await run(ending);
  rmSync(directory, { recursive: true });
  return left.map(({ name, startedAt }) => `RabbitMQ ${name} was not stopped; started ${startedAt}`);
}
