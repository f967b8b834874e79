import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Report } from '../../lib/report/report.js';
import type { LogEntry } from '../support/golden.js';
import { DEFAULTS } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import type { Listening } from '../support/server.js';
import { byPort, parseLog } from './broker-log.js';
import type { Answer, Request, Said, WorkerSettings } from './proxy-worker.js';
import type { Subject } from './subject.js';

/** What a proxy logged and reported, by the client's port. */
export interface SaidByPort {
  readonly reports: ReadonlyMap<number, Report>;
  /** How many reports have no client address, because the RST arrived before accept. */
  readonly withoutAddress: number;
  readonly entries: ReadonlyMap<number, readonly LogEntry[]>;
}

/** How long to wait for connections to end after their clients have left, in ms. */
const PATIENCE = 15_000;

/** A proxy in front of a broker. */
export class ProxyInFront implements Listening, AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  private readonly worker: Worker;

  private constructor(worker: Worker, port: number) {
    this.worker = worker;
    this.port = port;
  }

  /** @param changes settings other than the defaults: a guard with the broker's version as its dialect */
  static async of(subject: Subject, changes: Partial<WorkerSettings> = {}): Promise<ProxyInFront> {
    const { host, port, version, handshakeTimeout } = subject;
    const upstream = { host, port, label: `${host}:${port}` };
    const workerData: WorkerSettings = { ...DEFAULTS, dialect: version, handshakeTimeout, upstream, ...changes };
    const worker = new Worker(new URL('./proxy-worker.js', import.meta.url), { workerData });
    const [{ listen }] = (await once(worker, 'message')) as [{ listen: string }];
    return new ProxyInFront(worker, portOf(listen));
  }

  /** Returns its entries and reports since the last call, when all connections have ended. */
  async take(): Promise<SaidByPort> {
    const all: Said[] = [];
    const ended = await until(async () => {
      const said = (await this.ask('take')) as Said;
      all.push(said);
      return said.connections === 0;
    }, PATIENCE);
    if (!ended) throw new Error(`${all.at(-1)?.connections} connections of the proxy did not end`);
    const named = new Map<number, Report>();
    let withoutAddress = 0;
    for (const report of all.flatMap(({ reports }) => reports)) {
      if (report.client === null) withoutAddress++;
      else named.set(portOf(report.client), report);
    }
    return { reports: named, withoutAddress, entries: byPort(parseLog(all.map(({ log }) => log).join(''))) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask('close');
  }

  private async ask(request: Request): Promise<Answer> {
    const answered = once(this.worker, 'message');
    this.worker.postMessage(request);
    const [answer] = (await answered) as [Answer];
    return answer;
  }
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));
