// A proxy in its own thread, so that the clients of a comparison, which keep theirs busy, do not delay it.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../lib/clock.js';
import { AmqpProxy } from '../../lib/proxy/amqp-proxy.js';
import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import { Log } from '../../lib/report/log.js';
import type { Report } from '../../lib/report/report.js';
import { type CredentialFiles, Credentials } from '../../lib/tls/credentials.js';
import { MemoryStream } from '../support/memory-stream.js';

/** The settings of its proxy. A secure context cannot be passed to a thread, so it reads the files itself. */
export type WorkerSettings = ProxySettings & { readonly tlsFiles?: CredentialFiles };

/** Messages to the thread. */
export type Request = 'take' | 'close';

/** Messages from the thread: the address once, then new reports and log entries, then the end. */
export type Answer = { readonly listen: string } | Said | 'closed';

export interface Said {
  /** Number of open connections. */
  readonly connections: number;
  readonly reports: readonly Report[];
  /** The log, in the broker's form. */
  readonly log: string;
}

const { tlsFiles, ...given } = workerData as WorkerSettings;
const settings: ProxySettings = tlsFiles
  ? { ...given, tls: { credentials: new Credentials(tlsFiles, (kind) => `tls.${kind}`), requestCert: false } }
  : given;
let id = 0;
const proxy = new AmqpProxy(settings, { clock: systemClock, nextId: () => `conformance-${++id}` });
const written = new MemoryStream();
const log = new Log({ format: 'rabbitmq', level: 'debug', stream: written, now: Date.now, dialect: settings.dialect });
const reports: Report[] = [];
proxy.on('accepting', (accepting) => log.accepting(accepting));
proxy.on('introduced', (introduced) => log.introduced(introduced));
proxy.on('stage', (reached) => log.stage(reached));
proxy.on('connectionError', (error) => log.connectionError(error));
proxy.on('report', (report, reason) => {
  log.report(report, reason);
  reports.push(report);
});

const answer = (message: Answer) => parentPort?.postMessage(message);

parentPort?.on('message', async (request: Request) => {
  if (request === 'take') {
    answer({ connections: proxy.connections, reports: reports.splice(0), log: written.writes.splice(0).join('') });
  } else {
    await proxy.close(0);
    answer('closed');
    parentPort?.close();
  }
});
answer({ listen: await proxy.listen() });
