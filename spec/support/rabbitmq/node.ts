import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.js';
import type { Settings } from './settings.js';

/** A started node: how to end it, and how to run commands against it. */
export interface Node {
  /** Runs in the foreground for as long as the node does; leads a process group. */
  readonly child: ChildProcess;
  /** Its `rabbitmqctl`, without arguments. */
  readonly ctl: Command;
  /** Ends all remaining processes and removes the directory. Can be run repeatedly. */
  readonly ending: Command;
  /** Ends it with SIGKILL, so that it cannot close its connections. */
  kill(): Promise<void>;
}

/**
 * Starts a node's foreground process. Its output goes to the file `console` in the node's directory.
 *
 * It leads its own process group, so that Ctrl-C does not reach the broker and the group can be ended as a whole.
 * It does not keep our event loop alive.
 */
export function foreground(command: Command, settings: Pick<Settings, 'directory'>): ChildProcess {
  const output = openSync(join(settings.directory, 'console'), 'a');
  const child = spawn(command.file, command.args, {
    env: command.env,
    cwd: settings.directory,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => {}); // It then has no pid, which `hasEnded` checks.
  child.unref();
  return child;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
