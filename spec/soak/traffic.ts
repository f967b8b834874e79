import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { Broker } from '../support/rabbitmq/broker.js';
import { until } from '../support/rabbitmq/until.js';
import { callApi } from './api-traffic.js';
import { endBroker } from './broker-events.js';
import { amqplib } from './clients/amqplib.js';
import type { ClientLibrary, Target } from './clients/client.js';
import { type ConfigFacts, changeConfig } from './config-file.js';
import { TYPES } from './deck.js';
import { FaultTurns, takeTurns } from './fault-turns.js';
import { type Guard, SoakError } from './guard.js';
import type { ProxyProcess } from './proxy-process.js';
import { beRude } from './rude-clients.js';
import { consume, idle, publish, visit } from './sessions.js';
import type { SoakRun } from './soak-run.js';

/** Publishers for each client library; each of its consumers has another queue. */
const PUBLISHERS = 2;
/** How long the last messages, connections and descriptors may take to be gone, in ms. */
export const SETTLE = 90_000;
/** How long one attempt to connect may take before the run begins, in ms. */
const ATTEMPT = 20_000;
/** How much longer a run may last until everything has happened at least once, in ms. */
const MOST_EXTRA = 300_000;

export interface Parts {
  readonly libraries: readonly ClientLibrary[];
  readonly proxy: ProxyProcess;
  readonly broker: Broker;
  readonly facts: ConfigFacts;
  readonly guard: Guard;
  readonly interrupted: AbortSignal;
}

const queuesOf = (libraries: readonly ClientLibrary[]): readonly string[] => libraries.map((_, at) => `soak-${at}`);

/** Declares the queues, and opens each kind of connection once, so that the proxy has loaded what it loads late. */
export async function warmUp({ api, proxies }: SoakRun, { libraries, broker }: Parts): Promise<void> {
  const model = await connect(`amqp://guest:guest@127.0.0.1:${broker.port}`);
  const channel = await model.createChannel();
  for (const queue of queuesOf(libraries)) await channel.assertQueue(queue, { durable: true });
  await model.close();
  for (const proxy of proxies) {
    for (const library of libraries) {
      // On a busy machine an attempt may take too long.
      const hasOpened = await until(() => opens(library, proxy), SETTLE);
      if (!hasOpened) throw new SoakError(`${library.name} cannot connect through the proxy ${proxy.name}`);
    }
  }
  await api.text('GET', '/metrics');
  await untilNoConnections({ api });
}

/**
 * Runs everything at once until the time is up and everything has happened at least once; then waits until the consumers
 * have received all confirmed messages, and all connections have ended.
 *
 * @param over ends it earlier
 */
export async function runTraffic(run: SoakRun, over: AbortController, parts: Parts): Promise<void> {
  const { libraries, proxy, broker, facts, guard, interrupted } = parts;
  const { ledger, length } = run;
  const drained = new AbortController();
  // Every part of the run listens to them.
  setMaxListeners(0, over.signal, drained.signal, interrupted);
  const queues = queuesOf(libraries);
  const turns = new FaultTurns(run.random);
  try {
    const consumers = libraries.flatMap((library) =>
      queues.map((queue) => consume(run, library, queue, drained.signal)),
    );
    const others = [
      ...libraries.flatMap((library, at) =>
        Array.from({ length: PUBLISHERS }, (_, nth) =>
          publish(run, library, at * PUBLISHERS + nth, queues[at] as string),
        ),
      ),
      ...libraries.map((library) => visit(run, library)),
      ...run.proxies.map(() => idle(run, amqplib)),
      ...run.proxies.map((each) => takeTurns(run, turns, each)),
      beRude(run),
      callApi(run),
      endBroker(run, broker, interrupted),
      changeConfig(run, facts, proxy),
    ];
    void sleep(length, undefined, { ref: false })
      .then(() => until(() => over.signal.aborted || hasEverything(run, libraries), MOST_EXTRA))
      .then(() => over.abort());
    await guard.unlessBroken(Promise.all(others));
    await guard.unlessBroken(until(() => ledger.counts.lost === 0, SETTLE));
    drained.abort();
    await guard.unlessBroken(Promise.all(consumers));
    await guard.unlessBroken(untilNoConnections(run));
  } finally {
    over.abort();
    drained.abort();
  }
}

async function opens(library: ClientLibrary, proxy: Target): Promise<boolean> {
  try {
    await (await library.open(proxy, AbortSignal.timeout(ATTEMPT))).close();
    return true;
  } catch {
    return false;
  }
}

function hasEverything({ tally }: SoakRun, libraries: readonly ClientLibrary[]): boolean {
  const { kills, restarts, acted, confirmed, received } = tally;
  const hasMessages = libraries.every(({ name }) => confirmed.has(name) && received.has(name));
  return kills > 0 && restarts > 0 && hasMessages && TYPES.every((type) => acted.has(type));
}

async function untilNoConnections({ api }: Pick<SoakRun, 'api'>): Promise<void> {
  await until(async () => (await api.json<readonly unknown[]>('GET', '/connections')).length === 0, SETTLE);
}
