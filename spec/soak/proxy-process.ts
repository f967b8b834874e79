import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ready } from '../../lib/instance/ready-file.js';
import { until } from '../support/rabbitmq/until.js';
import { within } from '../support/within.js';
import type { Inside } from './inside.js';
import { ProxyLog } from './proxy-log.js';

const MAIN = 'dist/program/main.js';
const INSIDE = fileURLToPath(new URL('./inside.js', import.meta.url));

/** In ms: the start of the program, and its end after a signal. */
const START = 40_000;
const END = 30_000;

/** The proxy under test: the built program in its own process. */
export class ProxyProcess {
  readonly ready: Ready;
  readonly log: ProxyLog;
  /** Resolves when the process has ended, with its exit code or the signal. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready, ended: Promise<string>, log: ProxyLog) {
    this.child = child;
    this.ready = ready;
    this.ended = ended;
    this.log = log;
  }

  /** Starts it and waits until it is ready. @param paths its config (which names the ready file), ready file and log */
  static async start(paths: { readonly config: string; readonly ready: string; readonly log: string }) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RABBIT_SNARE_')));
    const child = spawn(process.execPath, ['--import', INSIDE, MAIN, 'run', '--config', paths.config], {
      env,
      // Ctrl-C must not reach it: its end is part of the run.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const log = new ProxyLog();
    follow(child, log, paths.log);
    let isOver = false;
    const ended = once(child, 'exit').then(([code, signal]) => {
      isOver = true;
      return code === null ? `signal ${signal}` : `exit code ${code}`;
    });
    const found = await until(() => isOver || readReady(paths.ready), START);
    if (found === undefined || found === true) {
      child.kill('SIGKILL');
      throw new Error(`the proxy did not start: ${readFileSync(paths.log, 'utf8')}`);
    }
    return new ProxyProcess(child, found, ended, log);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @throws Error when it does not answer in time */
  async measure(): Promise<Inside> {
    const answer = once(this.child, 'message') as Promise<[Inside]>;
    this.child.send('measure');
    const [inside] = await within(answer, 'the answer of the proxy’s process');
    return inside;
  }

  /** Starts the measurement of the event loop again. */
  reset(): void {
    this.child.send('reset');
  }

  /** Number of its open descriptors; null where the system does not say. */
  get descriptors(): number | null {
    try {
      return readdirSync(`/proc/${this.child.pid}/fd`).length;
    } catch {
      return null;
    }
  }

  /** Its resident memory in bytes; null where the system does not say. */
  get rss(): number | null {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    } catch {
      return null;
    }
  }

  /** Ends it as an orchestrator would. @returns how it ended */
  async terminate(): Promise<string> {
    this.signal('SIGTERM');
    try {
      return await within(this.ended, 'the end after SIGTERM', END);
    } catch {
      await this.kill();
      return `not within ${END / 1000} s`;
    }
  }

  /** Ends it with SIGKILL, if it is still running. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** Reads the log, and copies it to a file. */
function follow(child: ChildProcess, log: ProxyLog, path: string): void {
  const file = createWriteStream(path);
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    file.write(`${line}\n`);
    log.take(line);
  });
  child.once('close', () => file.end());
}

function readReady(path: string): Ready | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Ready;
  } catch {
    return undefined;
  }
}
