import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram } from './find-program.js';
import { type Command, Running } from './running.js';

/** What the load generator does; load.c describes each. */
export type Mode = 'conn' | 'refuse' | 'check' | 'ping' | 'bulk' | 'hold';

/** A load: what is done, on how many connections at once. */
export interface Work {
  readonly mode: Mode;
  readonly connections: number;
  /** Octets of a message or a write; with `refuse`, the number of connections after which it ends. */
  readonly size?: number;
}

/** What the load generator prints. */
export interface Loaded {
  readonly operations: number;
  /** Octets that came back. */
  readonly octets: number;
  readonly errors: number;
  /** Connections that are open at the end. */
  readonly open: number;
  readonly seconds: number;
  /** CPU time of the generator, in seconds. */
  readonly cpu: number;
  /** Latency in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** In seconds: longer than any run. */
const FOREVER = 1_000_000;

const SOURCE = 'spec/bench/load.c';
const IN_NODE: Command = [process.execPath, fileURLToPath(new URL('./node-load.js', import.meta.url))];

/** The load generator and echo server: load.c if there is a C compiler, otherwise node-load.ts. */
export class LoadGenerator {
  private readonly command: Command;
  /** Null: it is in C. Otherwise why it is not. */
  readonly whyInNode: string | null;

  /** @param directory for the compiled program */
  constructor(directory: string) {
    const built = compile(directory);
    this.command = built.command;
    this.whyInNode = built.whyNot;
  }

  /** Starts the upstream of all proxies: it returns every octet. */
  async startEcho(port: number): Promise<Running> {
    const echo = new Running([...this.command, 'echo', String(port)], 'the echo server');
    await echo.untilListening(port);
    return echo;
  }

  /** @throws Error when the generator fails */
  run(port: number, work: Work, seconds: number): Promise<Loaded> {
    return resultOf(this.start(port, work, seconds));
  }

  /** Starts a load that lasts until it is stopped. */
  begin(port: number, work: Work): Begun {
    const child = this.start(port, work, FOREVER);
    const result = resultOf(child);
    // It is read when the load is stopped.
    result.catch(() => {});
    return {
      stop: () => {
        child.kill('SIGTERM');
        return result;
      },
    };
  }

  /** Opens connections, which stay open until the result is disposed of. */
  async hold(port: number, connections: number): Promise<Held> {
    const child = this.start(port, { mode: 'hold', connections }, FOREVER);
    const result = resultOf(child);
    // It is only awaited in case that the generator ends before it prints anything.
    result.catch(() => {});
    const line = once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line') as Promise<[string]>;
    const { open } = await Promise.race([line.then(([text]) => JSON.parse(text) as Loaded), result]);
    return { open, [Symbol.dispose]: () => void child.kill('SIGKILL') };
  }

  private start(port: number, { mode, connections, size }: Work, seconds: number): ChildProcess {
    const numbers = [port, connections, seconds, ...(size === undefined ? [] : [size])].map(String);
    const [file, ...args] = this.command;
    return spawn(file, [...args, mode, ...numbers], { stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** A load that goes on. */
export interface Begun {
  stop(): Promise<Loaded>;
}

/** Connections that are kept open. */
export interface Held extends Disposable {
  /** How many could be opened. */
  readonly open: number;
}

function compile(directory: string): { readonly command: Command; readonly whyNot: string | null } {
  const compiler = findProgram('gcc') ?? findProgram('cc') ?? findProgram('clang');
  if (compiler === undefined) return { command: IN_NODE, whyNot: 'no C compiler (gcc, cc or clang) was found' };
  const program = join(directory, 'load');
  try {
    execFileSync(compiler, ['-O2', '-o', program, SOURCE], { stdio: ['ignore', 'ignore', 'pipe'] });
    return { command: [program], whyNot: null };
  } catch (error) {
    const [line] = String((error as { stderr?: Buffer }).stderr ?? error).split('\n');
    return { command: IN_NODE, whyNot: `${compiler} could not compile ${SOURCE}: ${line}` };
  }
}

async function resultOf(child: ChildProcess): Promise<Loaded> {
  const lines = (await text(child)).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as Loaded;
}

async function text(child: ChildProcess): Promise<string> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the load generator failed (${code}): ${stderr.trim()}`);
  return stdout;
}
