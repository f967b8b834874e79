import { type Broker, startBroker } from '../support/rabbitmq/broker.js';
import { findRabbitmq } from '../support/rabbitmq/installation.js';
import type { Arguments } from './arguments.js';
import { confirms } from './confirms.js';
import { type Cores, pinMyself, pinnedTo, twoCores } from './cores.js';
import { handshakes } from './handshakes.js';
import { interleaved } from './interleaved.js';
import type { BrokerPart } from './parts.js';
import type { ProxyProgram } from './proxy-program.js';
import type { Command } from './running.js';
import type { Section, Series } from './series.js';
import { StartedProxy } from './started-proxy.js';

/** What is measured, with its unit; the load runs in this process. */
const LOADS: Readonly<
  Record<BrokerPart, readonly [title: string, run: (port: number, seconds: number) => Promise<number>]>
> = {
  handshakes: ['handshakes/s', handshakes],
  confirms: ['publisher confirms/s', confirms],
};

/** The column of the broker itself. */
export const DIRECT = 'direct';

/** The broker itself, or a proxy in front of it. */
interface Subject {
  readonly name: string;
  readonly port: number;
  readonly proxy: StartedProxy | null;
}

/** What the reader must know, and what comes next. */
interface Said {
  note(text: string): void;
  progress(what: string): void;
}

/**
 * Measures a real broker, directly and through proxies, in turn. The proxies are pinned to one core and this process, which
 * is the load generator, to another. The broker may use all.
 *
 * @param directory for temporary files
 * @throws Error if no RabbitMQ is found, or it does not start
 */
export async function measureBroker(
  args: Arguments,
  programs: readonly ProxyProgram[],
  directory: string,
  said: Said,
): Promise<readonly Section[]> {
  said.progress('start of the broker');
  const installation = await findRabbitmq(said.progress);
  // Started before this process is pinned: it would inherit that.
  const broker = await startBroker(installation, { conf: { 'log.file.level': 'warning' } }, 'by the bench');
  said.note(`RabbitMQ ${broker.version}.`);
  const started: StartedProxy[] = [];
  try {
    const cores = twoCores();
    if (typeof cores === 'string') said.note(`Nothing is pinned to a core: ${cores}.`);
    else pinMyself(cores.generator);
    for (const program of programs) started.push(await inFrontOf(broker, program, directory, cores));
    const proxies = started.map((proxy): Subject => ({ name: proxy.name, port: proxy.port, proxy }));
    return await measureParts(args, [{ name: DIRECT, port: broker.port, proxy: null }, ...proxies], said);
  } finally {
    await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
    await broker.stop();
  }
}

function inFrontOf({ port }: Broker, program: ProxyProgram, directory: string, cores: Cores | string) {
  const pinned = (command: Command) => (typeof cores === 'string' ? command : pinnedTo(cores.proxies, command));
  return StartedProxy.start(program, { upstream: port, directory, wrap: pinned });
}

async function measureParts(args: Arguments, subjects: readonly Subject[], said: Said): Promise<readonly Section[]> {
  const rates: Series[] = [];
  const ofDirect: Series[] = [];
  const costs: Series[] = [];
  for (const part of args.brokerParts) {
    const [title, run] = LOADS[part];
    said.progress(title);
    const measured = await interleaved(args.rounds, subjects, async ({ port, proxy }, times) => {
      const [before, began] = [proxy?.usage.cpu ?? 0, performance.now()];
      const perSecond = await run(port, times * args.seconds);
      const operations = (perSecond * (performance.now() - began)) / 1000;
      return { perSecond, cpu: (1e6 * ((proxy?.usage.cpu ?? 0) - before)) / operations };
    });
    const direct = [...measured.values()][0] ?? [];
    for (const [{ name: proxy, proxy: process }, samples] of measured) {
      rates.push({ title, proxy, values: samples.map(({ perSecond }) => perSecond) });
      if (process === null) continue;
      const ratios = samples.map(({ perSecond }, round) => perSecond / (direct[round]?.perSecond ?? Number.NaN));
      ofDirect.push({ title: `${title}, of ${DIRECT}`, proxy, values: ratios });
      costs.push({
        title: `CPU of the proxy, µs: ${title.replace(/s\/s$/, '')}`,
        proxy,
        values: samples.map(({ cpu }) => cpu),
      });
    }
  }
  return [
    { title: 'In front of a real broker', series: rates, hasRatios: false },
    { title: 'Ratio to the broker without a proxy', series: ofDirect, hasRatios: false },
    { title: 'CPU time of the proxy', series: costs, hasRatios: true },
  ];
}
