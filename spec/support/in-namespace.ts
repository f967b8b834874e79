import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Makes the loopback interface work, and then becomes the program. */
const SET_UP = ['/bin/sh', '-c', '"$0" link set lo up && exec "$@"'];

/**
 * The command, with its first arguments, that runs a program in a network namespace that nothing else is in, and in a mount namespace.
 *
 * @param ip the path of iproute2's `ip`
 */
export function namespaceCommand(ip: string): readonly string[] {
  // Without root it works where the kernel permits user namespaces.
  const flags = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', ...flags, '--net', '--mount', ...SET_UP, ip];
}

/** The error that says what to do if there can be no namespace. */
export const noNamespace = (reason: string) =>
  new Error(
    `this spec needs a network namespace: run it as root (in a container: with the capability SYS_ADMIN), or permit user namespaces: sysctl kernel.unprivileged_userns_clone=1. ${reason}`,
  );

/**
 * Runs a script in a network namespace that nothing else is in.
 *
 * @param ip the path of iproute2's `ip`
 * @param script under `dist`
 * @returns its standard output
 * @throws Error that says what to do if there can be no namespace, or with the standard error of the script if it fails
 */
export async function inNamespace(ip: string, script: string, args: readonly string[] = []): Promise<string> {
  const [unshare = '', ...flags] = namespaceCommand(ip);
  const run = (...command: readonly string[]) =>
    promisify(execFile)(unshare, [...flags, ...command], { timeout: 45_000 });
  try {
    await run('true');
  } catch (error) {
    throw noNamespace((error as Error).message);
  }
  return (await run(process.execPath, script, ...args)).stdout;
}
