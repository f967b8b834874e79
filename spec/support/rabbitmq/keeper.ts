import { spawn } from 'node:child_process';
import { type Command, searchPath, shell } from './command.js';

/**
 * Ends a node when the process or worker thread that started it ends for any reason, including SIGKILL: a small process
 * reads from a pipe, which the kernel closes when its other end is gone.
 *
 * @returns a function that stops the keeper, for when the node has ended
 */
export function keep(ending: Command): () => void {
  const { file, args } = shell('read -r word || exec "$@"', [ending.file, ...ending.args], {});
  const keeper = spawn(file, args, {
    env: { PATH: searchPath(), ...ending.env },
    cwd: '/',
    // In its own session, so that neither Ctrl-C nor a closed terminal ends it before it has done its work.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => {});
  keeper.stdin.on('error', () => {});
  keeper.unref();
  (keeper.stdin as unknown as { unref(): void }).unref();
  return () => void keeper.stdin.end('released\n');
}
