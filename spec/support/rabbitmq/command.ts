import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program with its first arguments and its full environment: plain data that can be passed to another process. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A short shell script; its arguments are `$1` and so on. */
export function shell(script: string, args: readonly string[], env: Command['env']): Command {
  return { file: 'sh', args: ['-c', script, 'sh', ...args], env };
}

/**
 * Runs the command with additional arguments.
 *
 * @returns its standard output
 * @throws Error with its standard error when it fails or takes longer than a minute
 */
export async function run(command: Command, ...more: string[]): Promise<string> {
  const { stdout } = await execute(command.file, [...command.args, ...more], { env: command.env, timeout: 60_000 });
  return stdout;
}

/** Our own environment. */
export function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** PATH for a program: ours, and the system directories, which not every user's PATH contains. */
export function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`;
}

/** `rabbitmq-diagnostics`: the script next to `rabbitmqctl`, on this machine or in the container. */
export function diagnosticsOf({ file, args, env }: Command): Command {
  const other = (text: string): string => text.replace(/\brabbitmqctl$/, 'rabbitmq-diagnostics');
  return { file: other(file), args: args.map(other), env };
}
