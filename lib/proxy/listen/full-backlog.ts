import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../package-file.js';

/** How long a connect may take before the backlog counts as full, in ms. On one machine a connect is immediate. */
const FULL_AFTER = 100;
/** The maximum number of connects that fill the backlog. A backlog of 1 holds 2. */
const MOST = 16;

/**
 * A listener that never accepts, with a full backlog: the kernel drops further SYNs, so that connects hang (Linux). Node
 * accepts as soon as it can, so the listener is in a thread that blocks.
 */
export class FullBacklog {
  private readonly worker: Worker;
  private readonly lock: Int32Array;
  private readonly fillers: Socket[] = [];

  private constructor(worker: Worker, lock: Int32Array) {
    this.worker = worker;
    this.lock = lock;
  }

  /** @throws the operating system's error when the address cannot be taken */
  static async at(host: string, port: number): Promise<FullBacklog> {
    const lock = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(packageFile('dist/lib/proxy/listen/full-backlog-worker.js'), {
      workerData: { host, port, lock },
      execArgv: [],
    });
    const [said] = (await once(worker, 'message')) as [{ readonly code: string | null }];
    if (said.code !== null) {
      await worker.terminate();
      throw Object.assign(new Error(said.code), { code: said.code });
    }
    const backlog = new FullBacklog(worker, lock);
    await backlog.fill(host, port);
    return backlog;
  }

  /** Closes the listener. Connections in its backlog are reset; connects that hang reach the next listener. */
  async release(): Promise<void> {
    Atomics.store(this.lock, 0, 1);
    Atomics.notify(this.lock, 0);
    await once(this.worker, 'exit');
    for (const filler of this.fillers) filler.destroy();
  }

  private async fill(host: string, port: number): Promise<void> {
    const to = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    for (let count = 0; count < MOST; count++) {
      const filler = connect({ host: to, port });
      filler.on('error', () => {});
      this.fillers.push(filler);
      await Promise.race([once(filler, 'connect'), sleep(FULL_AFTER)]);
      // After a stall of the event loop, the timer fires before the connect is noticed.
      await setImmediate();
      if (filler.connecting) return;
    }
  }
}
