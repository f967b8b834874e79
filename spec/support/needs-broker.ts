import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The file through which specs use the broker that the test command starts. */
const sharedBroker = resolve('spec/support/shared-rabbitmq.ts');

/** The file through which specs use the programs that the test command installs. */
const programs = resolve('spec/support/debian-programs.ts');

/** The file through which specs use the packages of spec/tools. */
const tools = resolve('spec/support/spec-tools.ts');

/** Ava's options that have the next argument as their value. */
const optionsWithValue = ['--match', '-m', '--timeout', '-T', '--concurrency', '-c', '--node-arguments', '--config'];

/**
 * Whether specs run with these ava arguments use the shared broker: one of the spec files imports shared-rabbitmq.ts,
 * directly or not. True when the arguments name no file, and for a pattern, which is not expanded here.
 */
export function needsBroker(args: readonly string[]): boolean {
  return needs(args, sharedBroker);
}

/** Whether specs run with these ava arguments use programs of debian-programs.ts, judged in the same way. */
export function needsPrograms(args: readonly string[]): boolean {
  return needs(args, programs);
}

/** Whether specs run with these ava arguments use packages of spec/tools, judged in the same way. */
export function needsTools(args: readonly string[]): boolean {
  return needs(args, tools);
}

function needs(args: readonly string[], wanted: string): boolean {
  const paths = args.filter((arg, at) => !arg.startsWith('-') && !optionsWithValue.includes(args[at - 1] ?? ''));
  if (paths.length === 0) return true;
  const seen = new Set<string>();
  return paths.some((path) => {
    const files = specFiles(path.replace(/:[\d,-]+$/, ''));
    return files === undefined || files.some((file) => imports(file, wanted, seen));
  });
}

/** Returns the file itself, or all spec files of a folder. Undefined if the path does not exist. */
function specFiles(path: string): string[] | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return [resolve(path)];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.spec.ts')).map((name) => resolve(path, name));
}

function imports(file: string, wanted: string, seen: Set<string>): boolean {
  if (file === wanted) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  // Only files in spec/ can import it, and lib/ imports none of them. Type imports do not use the broker.
  const names = source.matchAll(/^(?:import|export) (?!type\b)[^;]*?'(\.[^']*)\.js';$/gm);
  return [...names]
    .map(([, name = '']) => `${join(file, '..', name)}.ts`)
    .some((imported) => imported.includes('/spec/') && imports(imported, wanted, seen));
}
