import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FullBacklog } from './full-backlog.js';

/** How a connection attempt is answered: by a listener, a closed port, or a full backlog. */
export type Acceptance = 'accept' | 'refuse' | 'hang';

/** Connections that the kernel queues while the process is busy. Node's default is 511. */
const BACKLOG = 4096;

/** How often to try to listen again on an address that was just released, and the pause in between, in ms. */
const TRIES = 100;
const PAUSE = 50;

/** A listener that can release its address and listen on it again. Open connections are not affected. */
export class Listener {
  private readonly server: Server;
  private readonly failed: (code: string) => void;
  private address: AddressInfo | undefined;
  private wanted: Acceptance = 'accept';
  private backlog: FullBacklog | undefined;
  private settling: Promise<void> = Promise.resolve();
  private isClosed = false;

  /** @param failed called when a connection cannot be accepted, or the address cannot be taken back */
  constructor(accepted: (socket: Socket) => void, failed: (code: string) => void) {
    this.server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, accepted);
    this.failed = failed;
  }

  /** @throws the operating system's error, with `code` EADDRINUSE, EACCES, ... */
  async listen(host: string, port: number): Promise<AddressInfo> {
    this.server.listen({ host, port, backlog: BACKLOG });
    await once(this.server, 'listening');
    this.server.on('error', (error: NodeJS.ErrnoException) => this.failed(error.code ?? error.message));
    this.address = this.server.address() as AddressInfo;
    const { address, wanted } = this;
    this.wanted = 'accept';
    await this.set(wanted);
    return address;
  }

  /** Resolves when it is in effect. Refusing takes effect at once. */
  set(acceptance: Acceptance): Promise<void> {
    if (acceptance === this.wanted) return this.settling;
    this.wanted = acceptance;
    if (this.address === undefined) return this.settling;
    if (acceptance !== 'accept' && this.server.listening) this.server.close();
    this.settling = this.settling.then(() => this.settle());
    return this.settling;
  }

  /** Resolves when all connections have ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.settling;
    await this.backlog?.release();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async settle(): Promise<void> {
    if (this.isClosed || this.address === undefined) return;
    const { address, wanted } = this;
    if (wanted !== 'hang') {
      await this.backlog?.release();
      this.backlog = undefined;
    }
    if (wanted === 'hang') this.backlog ??= await this.take(() => FullBacklog.at(address.address, address.port));
    else if (wanted === 'accept' && !this.server.listening) await this.take(() => this.listenAgain(address));
  }

  /** Retries while the address is still in use. */
  private async take<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    for (let tries = 1; !this.isClosed; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        if (code !== 'EADDRINUSE' || tries >= TRIES) {
          this.failed(code);
          return undefined;
        }
        await sleep(PAUSE);
      }
    }
    return undefined;
  }

  private listenAgain({ address, port }: AddressInfo): Promise<void> {
    const { server } = this;
    return new Promise((resolve, reject) => {
      const over = (): void => {
        server.removeListener('listening', onListening);
        server.removeListener('error', onError);
      };
      const onListening = (): void => {
        over();
        resolve();
      };
      const onError = (error: Error): void => {
        over();
        reject(error);
      };
      server.prependListener('error', onError);
      server.once('listening', onListening);
      server.listen({ host: address, port, backlog: BACKLOG });
    });
  }
}
