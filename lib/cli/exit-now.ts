type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => void;

/**
 * Ends the process immediately, with `process.exitCode`. `process.exit` alone waits until the operating system has finished
 * what it was asked to do: a lookup that no DNS server answers takes 10 s or more, and opening a FIFO has no limit. Node.js
 * 22.15 and later can replace the process by another one instead.
 */
export function exitNow(): void {
  const { execPath, exitCode = 0, env } = process;
  const { execve } = process as { readonly execve?: Execve };
  execve?.call(process, execPath, [execPath, '--eval', `process.exit(${exitCode})`], { ...env, NODE_OPTIONS: '' });
  process.exit();
}
