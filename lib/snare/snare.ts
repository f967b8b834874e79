import { randomBytes, randomInt } from 'node:crypto';
import { systemClock } from '../clock.js';
import { Faults } from '../faults/proxy-faults.js';
import { parseScenario } from '../faults/read-scenario.js';
import type { ScenarioInput } from '../faults/scenario.js';
import { ScenarioRun } from '../faults/scenario-run.js';
import { type HealthCheckRow, healthCheckRows } from '../health-check/health-check-row.js';
import type { HealthChecksInput } from '../health-check/health-checks.js';
import { parseHealthChecks } from '../health-check/read-health-checks.js';
import { Sources } from '../health-check/sources.js';
import type { AmqpProxy } from '../proxy/amqp-proxy.js';
import { type RecoveryOptions, untilRecovered } from '../report/recovery.js';
import type { OpenConnection, Report } from '../report/report.js';
import { Certificates } from '../running/certificates.js';
import { Proxies } from '../running/proxies.js';
import { UnfitFaults } from '../running/unfit-faults.js';
import { Upstreams } from '../running/upstreams.js';
import { parseAddress } from '../text/address.js';
import { PAUSE } from './pause.js';
import type { ReportFilter } from './report-filter.js';
import { PATIENCE, Reports } from './reports.js';
import { silentLog } from './silent-log.js';
import { SnareFaults } from './snare-faults.js';
import { readOptions, type SnareOptions } from './snare-options.js';

/** How long `close` waits for clients that do not close after the FIN, in ms. */
const GRACE = 1_000;
/** The name of the proxy. */
const NAME = 'amqp';
/** Maximum sources that are remembered, to recognize their health checks. */
const SOURCES = 10_000;

/** A proxy for tests. It runs in this process, on its own port, with its own faults and a report of each connection. */
export class Snare {
  readonly host: string;
  readonly port: number;
  /** `amqp://guest:guest@127.0.0.1:PORT`; `amqps:` with `tls` */
  readonly url: string;
  readonly seed: number;
  readonly faults: SnareFaults;
  private readonly proxy: AmqpProxy;
  private readonly proxies: Proxies;
  private readonly registry: Faults;
  private readonly kept: Reports;
  private readonly sources: Sources;
  private readonly end: () => Promise<void>;
  private readonly scenarios = new Set<ScenarioRun>();
  private closing: Promise<void> | undefined;

  constructor(made: {
    readonly listen: string;
    readonly isSecured: boolean;
    readonly proxy: AmqpProxy;
    readonly proxies: Proxies;
    readonly registry: Faults;
    readonly faults: SnareFaults;
    readonly reports: Reports;
    readonly sources: Sources;
    readonly end: () => Promise<void>;
  }) {
    const { host, port } = parseAddress(made.listen, 0);
    this.host = host;
    this.port = port;
    this.url = `${made.isSecured ? 'amqps' : 'amqp'}://guest:guest@${made.listen}`;
    this.proxy = made.proxy;
    this.proxies = made.proxies;
    this.registry = made.registry;
    this.seed = made.registry.list.seed;
    this.faults = made.faults;
    this.kept = made.reports;
    this.sources = made.sources;
    this.end = made.end;
  }

  /**
   * Returns the oldest report that matches and was not returned before. Waits for one if there is none yet.
   *
   * @param options `timeout` in ms, default 5000
   * @throws RabbitSnareError ERR_NO_REPORT, whose message lists the reports seen instead and the open connections
   */
  nextReport(filter: ReportFilter = {}, { timeout = PATIENCE }: { readonly timeout?: number } = {}): Promise<Report> {
    return this.kept.next(filter, timeout, () => this.connections());
  }

  /** Returns all reports that match, oldest first. */
  reports(filter: ReportFilter = {}): readonly Report[] {
    return this.kept.all(filter);
  }

  /** Returns the open connections. */
  connections(): readonly OpenConnection[] {
    return this.proxy.openConnections();
  }

  /**
   * Waits until the clients of these connections are open again: as many connections as then, with the same IP address, user,
   * virtual host and product.
   *
   * @param before what `connections` returned before the failure
   * @param options `timeout` in ms, default 10000
   * @returns how long it took, in ms
   * @throws RabbitSnareError ERR_NOT_RECOVERED, with one line for each client that is not back
   */
  recovered(before: readonly OpenConnection[], options: RecoveryOptions = {}): Promise<number> {
    return untilRecovered(before, () => this.connections(), options);
  }

  /** Returns the health checks of each source, with those first that add most to the log of the broker. */
  healthChecks(): readonly HealthCheckRow[] {
    return healthCheckRows(this.sources.checks, {}, SOURCES).rows;
  }

  /**
   * Starts a scenario. Its first faults are active when the promise resolves.
   *
   * @throws ConfigError if the scenario is not valid, or a name of its first faults already exists
   */
  async scenario(input: ScenarioInput): Promise<ScenarioRun> {
    const run = new ScenarioRun(parseScenario(input, { proxy: NAME }), {
      faults: this.registry,
      clock: systemClock,
      ended: ({ problem }) => {
        if (problem !== null) process.emitWarning(`a scenario ended early: ${problem}`);
      },
    });
    for (const each of this.scenarios) if (each.isOver) this.scenarios.delete(each);
    this.scenarios.add(run);
    await this.proxy.settleListener();
    return run;
  }

  /** Holds back all bytes in both directions until `up`. Clients can still connect. */
  async pause(): Promise<void> {
    await this.faults.add(PAUSE);
  }

  /**
   * Changes how health checks are answered, from the next connection on.
   *
   * @param healthChecks `forward` is the default of `createSnare`
   * @throws ConfigError if it is not valid
   */
  async answerHealthChecks(healthChecks: HealthChecksInput): Promise<void> {
    await this.proxies.change(NAME, { healthChecks: parseHealthChecks(healthChecks) });
  }

  /** Closes open connections and stops listening until `up`, so that the kernel refuses new ones. */
  down(): Promise<void> {
    return this.proxy.down();
  }

  /** Ends `pause` and `down`. */
  async up(): Promise<void> {
    const paused = this.faults.all.filter(({ fault }) => PAUSE.some(({ name }) => name === fault.name));
    for (const handle of paused) await handle.remove();
    await this.proxy.up();
  }

  /** Stops listening and closes all connections. Resolves when nothing is left open. */
  close(): Promise<void> {
    this.closing ??= this.closeNow();
    return this.closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async closeNow(): Promise<void> {
    for (const run of this.scenarios) run.stop();
    // A FIN, because many clients no longer handle errors of their socket after the first one: a reset would be uncaught.
    this.proxy.stopAll('fin');
    await this.end();
    this.registry.list.dispose();
  }
}

/**
 * Starts a proxy for tests.
 *
 * @throws RabbitSnareError ERR_CONFIG if an option, a fault or a file is not valid
 * @throws StartError if the proxy cannot listen
 */
export async function createSnare(options: SnareOptions = {}): Promise<Snare> {
  const { faults: inputs = [], seed = randomInt(2 ** 32) } = options;
  const settings = readOptions(options, NAME);
  const clock = systemClock;
  const { problemsOf } = new UnfitFaults(settings);
  const registry = new Faults({ seed, clock, problemsOf });
  const log = silentLog(clock);
  const upstreams = new Upstreams({ log, clock });
  const reports = new Reports();
  const prefix = randomBytes(4).toString('hex');
  let count = 0;
  const opened: AmqpProxy[] = [];
  const certificates = new Certificates(log);
  const sources = new Sources(SOURCES);
  const deps = { clock, faults: registry, sources, nextId: () => `${prefix}-${++count}` };
  const proxies = new Proxies(upstreams, certificates, deps, (proxy) => opened.push(proxy));
  const settled = async (): Promise<void> => {
    await opened[0]?.settleListener();
  };
  const faults = new SnareFaults(registry, NAME, settled);
  await faults.add(inputs);
  const end = async (): Promise<void> => {
    await proxies.close(GRACE);
    certificates.close();
    await upstreams.close();
    await log.close();
  };
  try {
    await proxies.apply(settings);
  } catch (error) {
    await end();
    throw error;
  }
  const [proxy] = opened as [AmqpProxy];
  proxy.on('report', (report) => reports.add(report));
  proxy.on('faultActed', (acted) => faults.acted(acted));
  const [running] = proxies.all;
  return new Snare({
    listen: running?.listen ?? '',
    isSecured: options.tls !== undefined,
    proxy,
    proxies,
    registry,
    faults,
    reports,
    sources,
    end,
  });
}
