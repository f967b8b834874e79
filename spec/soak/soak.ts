import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../conformance/random.js';
import { freePort } from '../support/free-port.js';
import { type Broker, startBroker } from '../support/rabbitmq/broker.js';
import { findRabbitmq } from '../support/rabbitmq/installation.js';
import { until } from '../support/rabbitmq/until.js';
import { Api } from './api.js';
import type { Arguments } from './arguments.js';
import { amqpClient } from './clients/amqp-client.js';
import { amqplib } from './clients/amqplib.js';
import type { ClientLibrary } from './clients/client.js';
import { rheaWith } from './clients/rhea.js';
import { type ConfigFacts, configText, pathsOf } from './config-file.js';
import { Guard, SoakError } from './guard.js';
import { Ledger } from './ledger.js';
import { MessageMaker } from './message.js';
import { ProxyProcess } from './proxy-process.js';
import { readReports } from './reported.js';
import type { Results } from './results.js';
import type { SoakProxy, SoakRun } from './soak-run.js';
import { Tally } from './tally.js';
import { runTraffic, SETTLE, warmUp } from './traffic.js';

/** What a caller sees of a run while it lasts. Times are in ms. */
export interface Progress {
  readonly elapsed: number;
  readonly length: number;
  readonly confirmed: number;
  /** Confirmed and not yet received. */
  readonly onTheWay: number;
}

export interface SoakOptions {
  /** Receives lines about what goes on. */
  readonly say: (line: string) => void;
  /** Called every second. */
  readonly progress: (progress: Progress) => void;
  /** Whether the files of the run stay. */
  readonly keep: (results: Results) => boolean;
}

/** The broker's log would otherwise be larger than everything else. */
const QUIET = { 'log.file.level': 'warning', 'log.connection.level': 'warning' };

/** In ms. */
const SECOND = 1000;

/**
 * Runs the proxy in front of a real broker with everything that can happen to it. Leaves no process behind. The files of
 * the run stay if `keep` returns true for its results, or if it fails.
 *
 * @param interrupted ends it at once
 * @throws SoakError when it is interrupted, or the proxy ends by itself
 */
export async function soak(
  args: Pick<Arguments, 'minutes' | 'seed'>,
  interrupted: AbortSignal,
  { say, progress, keep }: SoakOptions,
): Promise<Results> {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-soak-'));
  let isKept = true;
  let proxy: ProxyProcess | undefined;
  let broker: Broker | undefined;
  try {
    const installation = await findRabbitmq(say);
    broker = await startBroker(installation, { plugins: ['rabbitmq_amqp1_0'], conf: QUIET }, 'by the soak run');
    throwIf(interrupted);
    const proxies: readonly SoakProxy[] = [
      { name: 'amqp', port: await freePort(), tls: false },
      { name: 'side', port: await freePort(), tls: false },
      { name: 'tls', port: await freePort(), tls: true },
    ];
    const facts = { directory, broker: broker.port, proxies, extra: await freePort() };
    const paths = pathsOf(directory);
    writeFileSync(paths.config, configText(facts, 0));
    proxy = await ProxyProcess.start(paths);
    throwIf(interrupted);
    say(`process ${proxy.pid} is the proxy, in front of RabbitMQ ${broker.version} on 127.0.0.1:${broker.port}`);
    const results = await measure(args, { proxy, broker, facts, interrupted, progress });
    isKept = keep(results);
    return results;
  } finally {
    await proxy?.kill();
    await broker?.stop();
    if (isKept && !interrupted.aborted) say(`the log, the reports and the config are in ${directory}`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly proxy: ProxyProcess;
  readonly broker: Broker;
  readonly facts: ConfigFacts;
  readonly interrupted: AbortSignal;
  readonly progress: SoakOptions['progress'];
}

async function measure(
  { minutes, seed }: Pick<Arguments, 'minutes' | 'seed'>,
  { proxy, broker, facts, interrupted, progress }: Started,
): Promise<Results> {
  const { control } = proxy.ready;
  if (control === null) throw new SoakError('the proxy has no control API');
  const api = new Api(control);
  const random = new Random(seed);
  const ledger = new Ledger(new MessageMaker(random));
  const tally = new Tally();
  const length = minutes * 60 * SECOND;
  const over = new AbortController();
  const run: SoakRun = { random, ledger, tally, api, proxies: facts.proxies, length, over: over.signal };
  const libraries = librariesFor(broker.version);
  using guard = new Guard(proxy, interrupted, tally);
  const parts = { libraries, proxy, broker, facts, guard, interrupted };

  await guard.unlessBroken(warmUp(run, parts));
  const start = { descriptors: await settledDescriptors(proxy), rss: proxy.rss };
  proxy.reset();
  let peak = start.rss;
  const from = performance.now();
  const watch = setInterval(() => {
    const { confirmed, lost } = ledger.counts;
    const { rss } = proxy;
    if (rss !== null) peak = Math.max(peak ?? 0, rss);
    progress({ elapsed: performance.now() - from, length, confirmed, onTheWay: lost });
  }, SECOND);
  try {
    await runTraffic(run, over, parts);
  } finally {
    clearInterval(watch);
  }
  const descriptors = await settledDescriptors(proxy, start.descriptors);
  const end = proxy.rss;
  const { accepted, loop } = await proxy.measure();
  const metrics = await api.text('GET', '/metrics');
  guard.release();
  const ended = await proxy.terminate();
  const { connections, repeated, torn, hits } = await readReports(facts.directory);
  return {
    minutes,
    seed,
    broker: broker.version,
    node: process.version,
    libraries: libraries.map(({ name }) => ({
      name: `${name} ${versionOf(name)}`,
      confirmed: tally.confirmed.get(name) ?? 0,
      received: tally.received.get(name) ?? 0,
    })),
    messages: ledger.counts,
    sessions: tally.sessions,
    rudeClients: tally.rudeClients,
    accepted: acceptedBesides(accepted, Number(api.url.port)),
    reported: connections,
    repeated,
    torn,
    hits: new Map([...hits, ...tally.connects]),
    typesInScenarios: tally.inScenarios.size,
    kills: tally.kills,
    restarts: tally.restarts,
    reloads: proxy.log.reloads,
    rejected: proxy.log.rejected,
    rotations: tally.rotations,
    requests: tally.requests,
    requestFailures: tally.requestFailures,
    descriptors: { start: start.descriptors, end: descriptors },
    rss: { start: start.rss, end, peak },
    loop,
    linesLost: linesLost(metrics),
    logErrors: proxy.log.errors,
    ended,
  };
}

/** How often descriptors are counted, in ms, and how many equal counts in a row are wanted. */
const [COUNT_AGAIN, EQUAL] = [100, 10] as const;

/** Waits until the number no longer changes. @param wanted the most that it should be in the end */
async function settledDescriptors(proxy: ProxyProcess, wanted?: number | null): Promise<number | null> {
  let last = proxy.descriptors;
  let same = 0;
  await until(async () => {
    await sleep(COUNT_AGAIN);
    const now = proxy.descriptors;
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= EQUAL && (now ?? 0) <= (wanted ?? Number.POSITIVE_INFINITY);
  }, SETTLE);
  return last;
}

/** The addresses of AMQP 1.0 differ between RabbitMQ 3 and 4. */
function librariesFor(broker: string): readonly ClientLibrary[] {
  const is4 = Number.parseInt(broker, 10) >= 4;
  return [amqplib, amqpClient, rheaWith((queue) => (is4 ? `/queues/${queue}` : `/amq/queue/${queue}`))];
}

function versionOf(library: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${library}/package.json`, 'utf8')) as { version: string };
  return version;
}

function acceptedBesides(accepted: Readonly<Record<number, number>>, controlPort: number): number {
  const others = Object.entries(accepted).filter(([port]) => Number(port) !== controlPort);
  return others.reduce((sum, [, count]) => sum + count, 0);
}

function linesLost(metrics: string): number {
  const values = metrics.matchAll(/^rabbit_snare_lines_lost_total\{[^}]*\} (\d+)/gm);
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

function throwIf(interrupted: AbortSignal): void {
  if (interrupted.aborted) throw new SoakError('interrupted');
}
