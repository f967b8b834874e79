import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Ready } from '../../lib/instance/ready-file.js';
import { until } from '../support/rabbitmq/until.js';
import type { Usage } from './target.js';

const MAIN = 'dist/program/main.js';
const MONITOR = new URL('./monitor.js', import.meta.url).href;
/** How long a start and an answer of the monitor may take on a busy machine, in ms. */
const [START, ANSWER] = [60_000, 60_000] as const;
/** How often memory is looked at, in ms. */
const LOOK = 100;
/** How much of standard error is kept, in characters. */
const KEPT = 20_000;
/** What a program uses that has ended. */
const NOTHING: Usage = { rss: 0, heap: 0, descriptors: 0, stall: 0 };
/** A stack trace or a warning of Node.js. The log has neither. */
const TRACE = /^ {4}at \S|^\(node:\d+\) /;

interface Options {
  /** Called with each line of the reports. */
  readonly reported?: (line: string) => void;
  /** Called with each line of the log. */
  readonly logged?: (line: string) => void;
  /** Modules that are loaded before the program. */
  readonly preload?: readonly string[];
}

/** A running rabbit-snare in its own process. */
export class FuzzedProgram implements AsyncDisposable {
  readonly ready: Ready;
  /** The largest resident set so far, in bytes. */
  peak = 0;
  readonly configFile: string;
  private readonly child: ChildProcess;
  private readonly directory: string;
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly output: Output;

  /**
   * Starts the program with a config file.
   *
   * @param config its text, in which `DIRECTORY` is the directory of the file
   */
  static async start(
    config: string,
    { reported = () => {}, logged = () => {}, preload = [] }: Options = {},
  ): Promise<FuzzedProgram> {
    const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-fuzz-'));
    const [configFile, readyFile] = [join(directory, 'config.yaml'), join(directory, 'ready.json')];
    writeFileSync(configFile, config);
    const own = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('RABBIT_SNARE_') && name !== 'NODE_OPTIONS',
    );
    const imports = [MONITOR, ...preload].flatMap((url) => ['--import', url]);
    const flags = ['--config', configFile, '--ready-file', readyFile, '--reports', '-'];
    const child = spawn(process.execPath, ['--expose-gc', ...imports, MAIN, 'run', ...flags], {
      env: Object.fromEntries(own),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // The program must not outlive a fuzzer that ends in an unexpected way.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const output = new Output(child, reported, logged);
    const ready = await until(() => output.ended ?? readReady(readyFile), START);
    if (ready === undefined || typeof ready === 'string') {
      child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
      throw new Error(`the program did not start: ${output.stderr}`);
    }
    return new FuzzedProgram(child, directory, configFile, ready, output);
  }

  private constructor(child: ChildProcess, directory: string, configFile: string, ready: Ready, output: Output) {
    this.child = child;
    this.directory = directory;
    this.configFile = configFile;
    this.ready = ready;
    this.output = output;
    this.looking = setInterval(() => this.look(), LOOK);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get stderr(): string {
    return this.output.stderr;
  }

  /** How the program ended, or what it wrote that shows an unexpected error; null if all is well. Each is returned once. */
  takeProblem(): string | null {
    const { ended, trace } = this.output;
    if (ended !== undefined) return `the program ended: ${ended}\n${this.output.stderr.slice(-3_000)}`;
    this.output.trace = null;
    return trace === null ? null : `unexpected text on standard error: ${trace}`;
  }

  /** Whether a text, for example a password, was in the log since the last call. */
  hasLogged(text: string): boolean {
    return this.output.stderr.includes(text);
  }

  get isRunning(): boolean {
    return this.output.ended === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** What it uses, after a garbage collection. @throws Error if it does not answer */
  async usage(): Promise<Usage> {
    if (!this.isRunning) return NOTHING;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), ANSWER);
    const abort = () => deadline.abort();
    this.child.once('close', abort);
    try {
      const answered = once(this.child, 'message', { signal: deadline.signal });
      this.child.send('usage');
      const [usage] = (await answered) as [Usage];
      return usage;
    } catch (cause) {
      if (!this.isRunning) return NOTHING;
      throw new Error(`the program did not answer within ${ANSWER} ms`, { cause });
    } finally {
      clearTimeout(timer);
      this.child.off('close', abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.looking);
    if (this.isRunning) {
      const closed = once(this.child, 'close');
      this.child.kill('SIGKILL');
      await closed;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private look(): void {
    try {
      const pages = Number(readFileSync(`/proc/${this.pid}/statm`, 'utf8').split(' ')[1]);
      this.peak = Math.max(this.peak, pages * 4096);
    } catch {
      // It has ended, or the system does not say.
    }
  }
}

/** What the program writes, and how it ends. */
class Output {
  stderr = '';
  trace: string | null = null;
  ended: string | undefined;

  constructor(child: ChildProcess, reported: (line: string) => void, logged: (line: string) => void) {
    let unfinished = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      // A line may come in two pieces.
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) logged(line);
      if (lines.some((line) => TRACE.test(line))) this.trace ??= this.stderr.slice(-3_000);
      if (this.stderr.length > 2 * KEPT) this.stderr = this.stderr.slice(-KEPT);
    });
    const decoder = new StringDecoder('utf8');
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) reported(line);
    });
    child.once('close', (code, signal) => {
      this.ended = signal ?? `exit code ${code}`;
    });
  }
}

function readReady(path: string): Ready | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Ready;
  } catch {
    return undefined;
  }
}
