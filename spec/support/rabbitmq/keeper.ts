import { spawn } from 'node:child_process';
import { type Command, searchPath, shell } from './command.js';

/**
 * Ends a node when the process or worker thread that started it ends in any way, SIGKILL included: a small process
 * waits at the end of a pipe, which the kernel closes with whoever holds the other end.
 *
 * @returns a function that lets the keeper go, for when the node has been ended
 */
export function keep(ending: Command): () => void {
  const { file, args } = shell('read -r word || exec "$@"', [ending.file, ...ending.args], {});
  const keeper = spawn(file, args, {
    env: { PATH: searchPath(), ...ending.env },
    cwd: '/',
    // A session of its own: neither Ctrl-C nor a closed terminal ends it before its work is done.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => {});
  keeper.stdin.on('error', () => {});
  keeper.unref();
  (keeper.stdin as unknown as { unref(): void }).unref();
  return () => void keeper.stdin.end('released\n');
}
