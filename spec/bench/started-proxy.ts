import { freePort } from '../support/free-port.js';
import { type Usage, usageOf } from './process-usage.js';
import type { FaultName, Place, ProxyProgram } from './proxy-program.js';
import { type Command, Running } from './running.js';

/** A running proxy. */
export class StartedProxy implements AsyncDisposable {
  readonly proxy: ProxyProgram;
  readonly place: Place;
  readonly process: Running;

  private constructor(proxy: ProxyProgram, place: Place, running: Running) {
    this.proxy = proxy;
    this.place = place;
    this.process = running;
  }

  /**
   * Starts a proxy and waits until it listens.
   *
   * @param wrap turns its command into one that also limits it
   */
  static async start(
    proxy: ProxyProgram,
    { upstream, directory, fault = null, wrap = (command) => command }: Start,
  ): Promise<StartedProxy> {
    const place = { port: await freePort(), control: await freePort(), upstream, directory, fault };
    const running = new Running(wrap(proxy.command(place)), proxy.name);
    try {
      await running.untilListening(place.port);
      await proxy.prepare?.(place);
    } catch (error) {
      await running[Symbol.asyncDispose]();
      throw error;
    }
    return new StartedProxy(proxy, place, running);
  }

  get name(): string {
    return this.proxy.name;
  }

  get port(): number {
    return this.place.port;
  }

  get usage(): Usage {
    return usageOf(this.process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

interface Start {
  readonly upstream: number;
  readonly directory: string;
  readonly fault?: FaultName | null;
  readonly wrap?: (command: Command) => Command;
}
