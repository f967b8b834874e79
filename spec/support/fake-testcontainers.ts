import { register } from 'node:module';
import type * as real from 'testcontainers';
import { systemClock } from '../../lib/clock.js';
import { Instance } from '../../lib/instance/instance.js';
import type { Ready } from '../../lib/instance/ready-file.js';
import { Log } from '../../lib/report/log.js';
import { configOf, listening } from './instance.js';
import { MemoryStream } from './memory-stream.js';

/**
 * Stands in for testcontainers, which needs Docker and a newer Node.js: a container is an instance in this process that
 * runs with the config that was copied into the container. Only its ports differ: they are free ones on loopback, as
 * Docker would publish them.
 */
export function useFakeTestcontainers(): void {
  const hooks = `export const resolve = (name, context, next) =>
    next(name === 'testcontainers' ? ${JSON.stringify(import.meta.url)} : name, context);`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}

/** What was asked of Docker for a container. */
export type Created = {
  readonly image: string;
  readonly ports: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly waitFor: unknown;
};

/** All containers that were created, the newest last. `isRunning` until it is stopped. */
export const containers: { readonly created: Created; isRunning: boolean }[] = [];

export const Wait: typeof real.Wait = {
  forHttp(path, port, options) {
    return { path, port, ...options };
  },
};

export class GenericContainer implements Pick<real.GenericContainer, keyof real.GenericContainer> {
  private readonly image: string;
  private readonly ports: number[] = [];
  private readonly labels: Record<string, string> = {};
  private readonly files: Record<string, string> = {};
  private waitFor: unknown;

  constructor(image: string) {
    this.image = image;
  }

  withExposedPorts(...ports: number[]): this {
    this.ports.push(...ports);
    return this;
  }

  withWaitStrategy(strategy: real.WaitStrategy): this {
    this.waitFor = strategy;
    return this;
  }

  withCopyContentToContainer(contents: readonly { readonly content: string; readonly target: string }[]): this {
    for (const { content, target } of contents) this.files[target] = content;
    return this;
  }

  withLabels(labels: Readonly<Record<string, string>>): this {
    Object.assign(this.labels, labels);
    return this;
  }

  async start(): Promise<real.StartedTestContainer> {
    const { image, ports, labels, files, waitFor } = this;
    return RunningContainer.start(structuredClone({ image, ports, labels, files, waitFor }));
  }
}

class RunningContainer implements real.StartedTestContainer {
  private readonly container: (typeof containers)[number];
  private readonly published = new Map<number, number>();
  private instance!: Instance;

  private constructor(created: Created) {
    this.container = { created, isRunning: true };
    containers.push(this.container);
  }

  static async start(created: Created): Promise<RunningContainer> {
    const container = new RunningContainer(created);
    await container.run();
    return container;
  }

  getHost(): string {
    // Not the address that the proxy listens on.
    return 'localhost';
  }

  getMappedPort(port: number): number {
    const published = this.published.get(port);
    if (published === undefined) throw new Error(`no port is published for ${port}`);
    return published;
  }

  async restart(): Promise<void> {
    await this.instance.stop(0);
    await this.run();
  }

  async stop(): Promise<void> {
    this.container.isRunning = false;
    await this.instance.stop(0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async run(): Promise<void> {
    const { files, ports } = this.container.created;
    const [text = ''] = Object.values(files);
    const wanted = configOf(text);
    const free = { host: '127.0.0.1', port: 0 };
    const { control, proxies } = wanted;
    if (control === null || proxies.length !== 1) throw new Error('a container has one proxy and a control API');
    const config = {
      ...wanted,
      control: { ...control, listen: free },
      proxies: proxies.map((proxy) => ({ ...proxy, listen: free })),
    };
    const log = new Log({ format: 'pretty', level: 'none', stream: new MemoryStream(), now: systemClock.wall });
    this.instance = new Instance(config, { log, clock: systemClock, resources: {} });
    const ready: Ready = await this.instance.start();
    // Docker publishes what listens on an address of the container other than loopback.
    const open = [
      [control.listen, new URL(ready.control as string).host],
      [proxies[0]?.listen, ready.proxies[0]?.listen],
    ] as const;
    for (const [{ host, port }, address] of open as readonly (readonly [{ host: string; port: number }, string])[]) {
      if (host === '0.0.0.0' && ports.includes(port)) this.published.set(port, listening(address).port);
    }
  }
}

export class AbstractStartedContainer implements real.StartedTestContainer {
  private readonly started: real.StartedTestContainer;

  constructor(started: real.StartedTestContainer) {
    this.started = started;
  }

  protected containerStopping?(): Promise<void>;

  getHost(): string {
    return this.started.getHost();
  }

  getMappedPort(port: number): number {
    return this.started.getMappedPort(port);
  }

  restart(): Promise<void> {
    return this.started.restart();
  }

  async stop(): Promise<void> {
    await this.containerStopping?.();
    await this.started.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
