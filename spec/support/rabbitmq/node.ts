import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.js';
import type { Settings } from './settings.js';

/** A node that was started: how to end it, and how to ask it. */
export interface Node {
  /** What runs in the foreground for as long as the node does; the leader of a process group. */
  readonly child: ChildProcess;
  /** Its `rabbitmqctl`, without arguments. */
  readonly ctl: Command;
  /** Ends at once whatever is left of it and removes its directory. May be run any number of times. */
  readonly ending: Command;
  /** Ends it with SIGKILL, without a chance to say goodbye to its clients. */
  kill(): Promise<void>;
}

/**
 * Starts what runs in the foreground for a node. Its output goes to the file `console` in the node's directory.
 *
 * It leads a process group of its own: Ctrl-C is for the one who started it, not for the broker, and the group can be
 * ended as a whole. It does not keep our event loop alive.
 */
export function foreground(command: Command, settings: Settings): ChildProcess {
  const output = openSync(join(settings.directory, 'console'), 'a');
  const child = spawn(command.file, command.args, {
    env: command.env,
    cwd: settings.directory,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => {}); // It has no pid then, which `hasEnded` sees.
  child.unref();
  return child;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
