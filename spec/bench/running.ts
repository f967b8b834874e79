import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** In ms. A busy machine may take long. */
const START = 120_000;
const END = 20_000;
/** In ms: how exact a start is measured. Looking costs CPU time, too. */
const LOOK = 5;

/** What a process writes to standard error at its start says why it ended. */
const KEPT = 2_000;

/** A server in its own process; it is terminated when it is disposed of, or when this process ends. */
export class Running implements AsyncDisposable {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly exited: Promise<unknown>;
  private stderr = '';
  private readonly kill = () => void this.child.kill('SIGTERM');

  constructor([file, ...args]: Command, name: string) {
    this.name = name;
    const own = Object.entries(process.env).filter(([key]) => !key.startsWith('RABBIT_SNARE_'));
    this.child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...Object.fromEntries(own), LOG_LEVEL: 'error' },
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(0, KEPT);
    });
    this.exited = once(this.child, 'close').catch((error) => {
      this.stderr += String(error);
    });
    process.once('exit', this.kill);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** How it ended, such as `SIGKILL` or `exit code 1`; null while it runs. */
  get end(): string | null {
    const { exitCode, signalCode } = this.child;
    return signalCode ?? (exitCode === null ? null : `exit code ${exitCode}`);
  }

  /** @throws Error when it ends before it listens, or does not listen in time */
  async untilListening(port: number): Promise<void> {
    const deadline = performance.now() + START;
    while (!(await accepts(port))) {
      if (this.end !== null || this.child.pid === undefined) {
        await this.exited;
        throw new Error(`${this.name} did not start (${this.end}): ${this.stderr.trim()}`);
      }
      if (performance.now() > deadline)
        throw new Error(`${this.name} does not listen on port ${port}: ${this.stderr.trim()}`);
      await sleep(LOOK);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.kill);
    if (this.child.pid === undefined) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END);
    await this.exited;
    clearTimeout(timer);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.resetAndDestroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
