import { setMaxListeners } from 'node:events';
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
import { callApi } from './api-traffic.js';
import type { Arguments } from './arguments.js';
import { endBroker } from './broker-events.js';
import { amqpClient } from './clients/amqp-client.js';
import { amqplib } from './clients/amqplib.js';
import type { ClientLibrary } from './clients/client.js';
import { rheaWith } from './clients/rhea.js';
import { changeConfig, configText, pathsOf } from './config-file.js';
import { TYPES } from './deck.js';
import { FaultTurns, takeTurns } from './fault-turns.js';
import { Ledger } from './ledger.js';
import { MessageMaker } from './message.js';
import { ProxyProcess } from './proxy-process.js';
import { readReports } from './reported.js';
import type { Measured, Results } from './results.js';
import { beRude } from './rude-clients.js';
import { consume, idle, publish, visit } from './sessions.js';
import type { SoakRun } from './soak-run.js';
import { Tally } from './tally.js';

/** The run was interrupted, or cannot go on. */
export class SoakError extends Error {
  override readonly name = 'SoakError';
}

/** Publishers, and consumers, for each client library. */
const EACH = 2;
/** How long the last messages, connections and descriptors may take to be gone, in ms. */
const SETTLE = 90_000;
/** How much longer a run may last until every fault type has acted and the broker was killed and restarted, in ms. */
const MOST_EXTRA = 180_000;

/** What a caller sees of a run while it lasts. */
export interface Progress {
  readonly elapsed: number;
  readonly length: number;
  readonly confirmed: number;
  readonly lost: number;
}

/**
 * Runs the proxy in front of a real broker with everything that can happen to it. Leaves no process behind. The files of a
 * run stay if `keep` returns true for its results, or if it throws.
 *
 * @param interrupted ends it at once
 * @throws SoakError when it is interrupted
 */
export async function soak(
  args: Pick<Arguments, 'minutes' | 'seed'>,
  interrupted: AbortSignal,
  { say, progress, keep }: SoakOptions,
): Promise<Results> {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-soak-'));
  let proxy: ProxyProcess | undefined;
  let broker: Broker | undefined;
  try {
    const installation = await findRabbitmq(say);
    broker = await startBroker(installation, { plugins: ['rabbitmq_amqp1_0'], conf: QUIET }, 'by the soak run');
    throwIf(interrupted);
    const facts = {
      directory,
      broker: broker.port,
      amqp: await freePort(),
      side: await freePort(),
      extra: await freePort(),
    };
    const paths = pathsOf(directory);
    writeFileSync(paths.config, configText(facts, 0));
    proxy = await ProxyProcess.start(paths);
    throwIf(interrupted);
    say(`process ${proxy.pid} is the proxy, in front of RabbitMQ ${broker.version} on 127.0.0.1:${broker.port}`);
    const results = await runAll(args, { proxy, broker, facts, interrupted, progress });
    if (!keep(results)) rmSync(directory, { recursive: true, force: true });
    else say(`the log, the reports and the config are in ${directory}`);
    return results;
  } catch (error) {
    if (interrupted.aborted) rmSync(directory, { recursive: true, force: true });
    else say(`the log, the reports and the config are in ${directory}`);
    throw error;
  } finally {
    await proxy?.kill();
    await broker?.stop();
  }
}

export interface SoakOptions {
  /** Receives lines about what goes on. */
  readonly say: (line: string) => void;
  /** Called every second. */
  readonly progress: (progress: Progress) => void;
  /** Whether the files of the run stay. */
  readonly keep: (results: Results) => boolean;
}

/** The broker's log would be larger than everything else. */
const QUIET = { 'log.file.level': 'warning', 'log.connection.level': 'warning' };

interface Parts {
  readonly proxy: ProxyProcess;
  readonly broker: Broker;
  readonly facts: Parameters<typeof configText>[0];
  readonly interrupted: AbortSignal;
  readonly progress: SoakOptions['progress'];
}

async function runAll({ minutes, seed }: Pick<Arguments, 'minutes' | 'seed'>, parts: Parts): Promise<Results> {
  const { proxy, broker, facts, interrupted, progress } = parts;
  const { control } = proxy.ready;
  if (control === null) throw new SoakError('the proxy has no control API');
  const random = new Random(seed);
  const api = new Api(control);
  const ledger = new Ledger(new MessageMaker(random));
  const tally = new Tally();
  const libraries = librariesFor(broker.version);
  const queues = libraries.map((_, at) => `soak-${at}`);
  const length = minutes * 60_000;
  const over = new AbortController();
  const drained = new AbortController();
  // Every part of the run listens to them.
  setMaxListeners(0, over.signal, drained.signal, interrupted);
  const run: SoakRun = {
    random,
    ledger,
    tally,
    api,
    proxies: [
      { name: 'amqp', port: facts.amqp },
      { name: 'side', port: facts.side },
    ],
    length,
    over: over.signal,
  };
  const guard = guardAgainst(proxy, interrupted, tally);
  try {
    await warmUp(run, libraries, queues, broker.port);
    const start = { descriptors: await settledDescriptors(proxy), rss: proxy.rss };
    let peak = start.rss;
    proxy.reset();

    const from = performance.now();
    const watch = setInterval(() => {
      const { confirmed, lost } = ledger.counts;
      peak = Math.max(peak ?? 0, proxy.rss ?? 0) || null;
      progress({ elapsed: performance.now() - from, length, confirmed, lost });
    }, 1000);
    guard.onEnd(() => clearInterval(watch));

    const turns = new FaultTurns(random);
    const consumers = libraries.flatMap((library) =>
      queues.flatMap((queue) => [consume(run, library, queue, drained.signal)]),
    );
    const others = [
      ...libraries.flatMap((library, at) =>
        Array.from({ length: EACH }, (_, each) => publish(run, library, at * EACH + each, queues[at] as string)),
      ),
      ...libraries.map((library) => visit(run, library)),
      idle(run, amqplib),
      idle(run, amqplib),
      ...run.proxies.map((each) => takeTurns(run, turns, each)),
      beRude(run),
      callApi(run),
      endBroker(run, broker, interrupted),
      changeConfig(run, facts, proxy),
    ];
    const isDone = () => tally.kills > 0 && tally.restarts > 0 && TYPES.every((type) => tally.acted.has(type));
    void sleep(length, undefined, { ref: false })
      .then(() => until(() => over.signal.aborted || isDone(), MOST_EXTRA))
      .then(() => over.abort());
    guard.onEnd(() => {
      over.abort();
      drained.abort();
    });
    await guard.unlessEnded(Promise.all(others));
    await guard.unlessEnded(until(() => ledger.counts.lost === 0, SETTLE));
    drained.abort();
    await guard.unlessEnded(Promise.all(consumers));
    await guard.unlessEnded(until(async () => (await api.json<unknown[]>('GET', '/connections')).length === 0, SETTLE));
    const end = {
      descriptors: await settledDescriptors(proxy, start.descriptors),
      rss: proxy.rss,
    };
    clearInterval(watch);
    const inside = await proxy.measure();
    const metrics = await api.text('GET', '/metrics');
    guard.release();
    const ended = await proxy.terminate();
    const reported = await readReports(facts.directory);
    const accepted = Object.entries(inside.accepted).filter(([port]) => Number(port) !== Number(api.url.port));
    const between = <K extends keyof typeof start>(key: K): Measured => ({ start: start[key], end: end[key] });
    const hits = new Map([...reported.hits, ...tally.connects]);
    return {
      minutes,
      seed,
      broker: broker.version,
      node: process.version,
      libraries: libraries.map(({ name }) => `${name} ${versionOf(name)}`),
      messages: ledger.counts,
      sessions: tally.sessions,
      rudeClients: tally.rudeClients,
      accepted: accepted.reduce((sum, [, count]) => sum + count, 0),
      reported: reported.connections,
      repeated: reported.repeated,
      torn: reported.torn,
      hits,
      typesInScenarios: tally.inScenarios.size,
      kills: tally.kills,
      restarts: tally.restarts,
      reloads: proxy.log.reloads,
      rejected: proxy.log.rejected,
      rotations: tally.rotations,
      requests: tally.requests,
      requestFailures: tally.requestFailures,
      descriptors: between('descriptors'),
      rss: { ...between('rss'), peak },
      loop: inside.loop,
      linesLost: linesLost(metrics),
      logErrors: proxy.log.errors,
      ended,
    };
  } finally {
    over.abort();
    drained.abort();
    guard.end();
  }
}

/** The queues exist, everything that the proxy loads late is loaded, and it knows the broker's version. */
async function warmUp(
  { api, proxies }: SoakRun,
  libraries: readonly ClientLibrary[],
  queues: readonly string[],
  brokerPort: number,
): Promise<void> {
  const { connect } = await import('amqplib');
  const model = await connect(`amqp://guest:guest@127.0.0.1:${brokerPort}`);
  const channel = await model.createChannel();
  for (const queue of queues) await channel.assertQueue(queue, { durable: true });
  await model.close();
  const never = new AbortController().signal;
  for (const { port } of proxies) {
    for (const library of libraries) await (await library.open(port, never)).close();
  }
  await api.text('GET', '/metrics');
  await until(async () => (await api.json<unknown[]>('GET', '/connections')).length === 0, SETTLE);
}

/** Waits until the number no longer changes. @param wanted the most that it should be */
async function settledDescriptors(proxy: ProxyProcess, wanted?: number | null): Promise<number | null> {
  let last = proxy.descriptors;
  let same = 0;
  await until(
    async () => {
      await sleep(100);
      const now = proxy.descriptors;
      same = now === last ? same + 1 : 0;
      last = now;
      return same >= 10 && (now ?? 0) <= (wanted ?? Number.POSITIVE_INFINITY);
    },
    wanted === undefined ? 10_000 : SETTLE,
  );
  return last;
}

const LIBRARY_ERROR = /node_modules\/(amqplib|@cloudamqp|rhea)\//;

/**
 * Ends the run when the proxy ends by itself, and when the run is interrupted. Errors that a client library throws outside
 * of any call are counted: faults make libraries do that, and it must not end the run.
 */
function guardAgainst(proxy: ProxyProcess, interrupted: AbortSignal, tally: Tally) {
  const calls: (() => void)[] = [];
  let isReleased = false;
  const broken = new Promise<never>((_, reject) => {
    void proxy.ended.then((how) => {
      if (!isReleased) reject(new SoakError(`the proxy ended by itself: ${how}`));
    });
    interrupted.addEventListener('abort', () => reject(new SoakError('interrupted')));
    if (interrupted.aborted) reject(new SoakError('interrupted'));
  });
  broken.catch(() => {});
  const onError = (error: unknown): void => {
    if (!(error instanceof Error && LIBRARY_ERROR.test(error.stack ?? ''))) throw error;
    tally.libraryErrors += 1;
  };
  process.on('uncaughtException', onError);
  return {
    onEnd: (call: () => void) => void calls.push(call),
    unlessEnded: <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, broken]),
    release: () => {
      isReleased = true;
    },
    end: () => {
      for (const call of calls) call();
      // A socket of a client library may still fail after the run.
      setTimeout(() => process.off('uncaughtException', onError), 1000).unref();
    },
  };
}

function librariesFor(broker: string): readonly ClientLibrary[] {
  const is4 = Number.parseInt(broker, 10) >= 4;
  return [amqplib, amqpClient, rheaWith((queue) => (is4 ? `/queues/${queue}` : `/amq/queue/${queue}`))];
}

function versionOf(library: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${library}/package.json`, 'utf8')) as { version: string };
  return version;
}

function linesLost(metrics: string): number {
  const values = [...metrics.matchAll(/^rabbit_snare_lines_lost_total\{[^}]*\} (\d+)/gm)].map(([, value]) =>
    Number(value),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

function throwIf(interrupted: AbortSignal): void {
  if (interrupted.aborted) throw new SoakError('interrupted');
}
