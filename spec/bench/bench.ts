import { freePort } from '../support/free-port.js';
import type { Arguments } from './arguments.js';
import { LoadGenerator } from './load.js';
import { progress } from './progress.js';
import type { FaultName, ProxyProgram } from './proxy-program.js';
import type { Command, Running } from './running.js';
import { StartedProxy } from './started-proxy.js';

/** What all measurements share: the settings, the load generator and the echo server. */
export class Bench implements AsyncDisposable {
  readonly args: Arguments;
  readonly proxies: readonly ProxyProgram[];
  readonly load: LoadGenerator;
  readonly echo: Running;
  /** What the reader must know about the figures, such as what was left out, and why. */
  readonly notes = new Set<string>();
  private readonly directory: string;
  private readonly echoPort: number;

  private constructor(
    args: Arguments,
    proxies: readonly ProxyProgram[],
    directory: string,
    load: LoadGenerator,
    echo: Running,
    port: number,
  ) {
    this.args = args;
    this.proxies = proxies;
    this.directory = directory;
    this.load = load;
    this.echo = echo;
    this.echoPort = port;
  }

  /** @param directory for temporary files */
  static async start(args: Arguments, proxies: readonly ProxyProgram[], directory: string): Promise<Bench> {
    const load = new LoadGenerator(directory);
    const port = await freePort();
    const bench = new Bench(args, proxies, directory, load, await load.startEcho(port), port);
    if (load.whyInNode !== null) {
      bench.notes.add(
        `The load generator runs on Node.js, because ${load.whyInNode}. It costs about as much CPU as a proxy, so the rates are limited by it; compare the CPU per operation.`,
      );
    }
    return bench;
  }

  /** Starts a proxy in front of the echo server. */
  open(
    proxy: ProxyProgram,
    fault: FaultName | null = null,
    wrap?: (command: Command) => Command,
  ): Promise<StartedProxy> {
    const start = { upstream: this.echoPort, directory: this.directory, fault };
    return StartedProxy.start(proxy, wrap === undefined ? start : { ...start, wrap });
  }

  /** Starts several, one after the other. They end together. */
  async openAll(proxies: readonly ProxyProgram[], fault: FaultName | null = null): Promise<Opened> {
    const started: StartedProxy[] = [];
    const dispose = async () => void (await Promise.all(started.map((each) => each[Symbol.asyncDispose]())));
    try {
      for (const proxy of proxies) started.push(await this.open(proxy, fault));
    } catch (error) {
      await dispose();
      throw error;
    }
    return { started, [Symbol.asyncDispose]: dispose };
  }

  readonly progress = progress;

  /** Time after a load until memory is measured, in ms: garbage is collected after 3 s, and V8 then needs up to 10 s to free it. */
  get settling(): number {
    return Math.min(15_000, this.args.seconds * 7_500);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.echo[Symbol.asyncDispose]();
  }
}

/** Proxies that run at the same time. */
export interface Opened extends AsyncDisposable {
  readonly started: readonly StartedProxy[];
}
