import { randomBytes, randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.js';
import { readControlToken } from '../config/control-token.js';
import { RESTART_KEYS } from '../config/restart-keys.js';
import type { Config } from '../config/schema.js';
import { controlApi } from '../control/api.js';
import { controlRoutes } from '../control/control-routes.js';
import { EventStream } from '../control/event-stream.js';
import { guard } from '../control/guard.js';
import { ControlServer } from '../control/server.js';
import { Faults } from '../faults/proxy-faults.js';
import type { AmqpProxy } from '../proxy/amqp-proxy.js';
import { History } from '../report/history.js';
import type { Log } from '../report/log.js';
import { Metrics } from '../report/metrics.js';
import type { ReportsFile } from '../report/reports-file.js';
import { Certificates } from '../running/certificates.js';
import { ConfigFaults } from '../running/config-faults.js';
import { Proxies } from '../running/proxies.js';
import { refuseLoops } from '../running/refuse-loops.js';
import { Scenarios } from '../running/scenarios.js';
import { SeenByFaults } from '../running/seen-by-faults.js';
import { StartError } from '../running/start-error.js';
import { Upstreams } from '../running/upstreams.js';
import { formatAddress, isLoopback } from '../text/address.js';
import { openReportsFile } from './open-reports-file.js';
import { type Ready, removeReadyFile, writeReadyFile } from './ready-file.js';

/** Clients that follow the events at once. */
const MOST_FOLLOWERS = 64;
/** A seed that is picked is short enough to be typed. */
const MOST_SEEDS = 2 ** 32;

/** A running rabbit-snare: the proxies of a config, with log, reports and control API listening to them. */
export class Instance {
  private config: Config;
  private readonly log: Log;
  private readonly upstreams: Upstreams;
  private readonly certificates: Certificates;
  readonly faults: Faults;
  private readonly configFaults: ConfigFaults;
  readonly proxies: Proxies;
  readonly scenarios: Scenarios;
  readonly seen: SeenByFaults;
  readonly history: History;
  private readonly events: EventStream;
  private readonly metrics: Metrics;
  private control: ControlServer | undefined;
  private controlUrl: string | null = null;
  private reports: ReportsFile | undefined;
  private isReady = false;

  constructor(config: Config, { log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.config = config;
    this.log = log;
    this.upstreams = new Upstreams({ log, clock });
    const prefix = randomBytes(4).toString('hex');
    let count = 0;
    const nextId = () => `${prefix}-${++count}`;
    this.certificates = new Certificates(log);
    this.faults = new Faults({ seed: config.seed ?? randomInt(MOST_SEEDS), clock });
    this.configFaults = new ConfigFaults(this.faults.list);
    const { faults } = this;
    this.seen = new SeenByFaults(faults.list);
    const { history } = config.reports;
    this.history = new History(history, clock);
    this.metrics = new Metrics(() => this.proxies.openConnections);
    this.events = new EventStream({ history, mostClients: MOST_FOLLOWERS, clock });
    faults.list.follow(({ action, live: { id, fault, hits } }) =>
      this.events.publish('fault', { action, id, fault, hits }),
    );
    this.scenarios = new Scenarios(faults.list, clock, (problem) => log.say('error', problem));
    this.proxies = new Proxies(
      this.upstreams,
      this.certificates,
      { clock, nextId, faults },
      (proxy) => this.listenTo(proxy),
      (change) => this.events.publish('proxy', change),
    );
  }

  /**
   * Starts everything, or nothing.
   *
   * @throws ConfigError when an upstream is one of our own listeners, or a certificate or the token's file cannot be used
   * @throws StartError when a port cannot be opened, or a file not written
   */
  async start(): Promise<Ready> {
    const { config } = this;
    await refuseLoops(config);
    try {
      this.reports = await openReportsFile(config.reports.file, (problem) => this.log.say('error', problem));
      this.configFaults.apply(config);
      await this.proxies.apply(config.proxies);
      await this.openControl();
      this.isReady = true;
      this.writeReadyFile();
      return this.ready;
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  /**
   * Takes another config: proxies are opened, changed and closed, and open connections are left alone.
   *
   * @returns the keys that differ and that take effect at the next start only
   * @throws ConfigError, StartError; then nothing has changed
   */
  async reload(config: Config): Promise<readonly string[]> {
    await refuseLoops(config);
    const undo = this.configFaults.apply(config);
    try {
      await this.proxies.apply(config.proxies);
    } catch (error) {
      undo();
      throw error;
    }
    const fixed = RESTART_KEYS.filter((key) => !isDeepStrictEqual(config[key], this.config[key]));
    const { control, reports, log, seed, readyFile } = this.config;
    this.config = { ...config, control, reports, log, seed, readyFile };
    this.writeReadyFile();
    return fixed;
  }

  /** Closes the listeners, waits until the open connections have ended, and resets those left after `drainTimeout` ms. */
  async stop(drainTimeout: number): Promise<void> {
    if (this.isReady && this.config.readyFile !== null) removeReadyFile(this.config.readyFile);
    this.isReady = false;
    this.scenarios.stop();
    await this.proxies.close(drainTimeout);
    this.faults.list.dispose();
    this.certificates.close();
    await this.upstreams.close();
    this.events.close();
    await this.control?.close();
    await this.reports?.close();
  }

  /** What chance is drawn from. */
  get seed(): number {
    return this.faults.list.seed;
  }

  /** How many clients follow its events. */
  get followers(): number {
    return this.events.clients;
  }

  get connections(): number {
    return this.proxies.connections;
  }

  /** ms */
  get drainTimeout(): number {
    return this.config.drainTimeout;
  }

  private get ready(): Ready {
    const proxies = this.proxies.all.map(({ name, listen, upstream }) => ({ name, listen, upstream }));
    return { pid: process.pid, proxies, control: this.controlUrl };
  }

  private listenTo(proxy: AmqpProxy): void {
    const { log, reports } = this;
    proxy.on('accepting', (accepting) => log.accepting(accepting));
    proxy.on('introduced', (introduced) => log.introduced(introduced));
    proxy.on('stage', (reached) => log.stage(reached));
    proxy.on('connectionError', (error) => log.connectionError(error));
    proxy.on('report', (report, reason) => log.report(report, reason));
    proxy.on('faultActed', ({ proxy: name, client, fault }) =>
      log.say('debug', `${name} ${client}: fault ${fault.name} (${fault.type}) acts at ${fault.at}`, {
        fault: fault.id,
      }),
    );
    proxy.on('learned', (learned) => log.learned(learned));
    proxy.on('acceptFailed', ({ proxy: name, code }) =>
      log.say('error', `${name}: a connection could not be accepted (${code})`),
    );
    if (reports) proxy.on('report', (report) => reports.add(report));
    // Nobody can ask without a control API, and connections then pay nothing for it.
    if (this.config.control !== null) this.keepFor(proxy);
  }

  /** What the control API tells of a proxy. */
  private keepFor(proxy: AmqpProxy): void {
    const { seen, metrics, history, events } = this;
    proxy.on('learned', (learned) => events.publish('learned', learned));
    proxy.on('faultActed', (acted) => {
      const { id: connection, proxy: name, client, fault, stage } = acted;
      seen.acted(acted);
      metrics.faultActed(acted);
      events.publish('fault', { action: 'acted', ...fault, proxy: name, connection, client, stage });
    });
    proxy.on('report', (report, _reason, extras) => {
      metrics.report(report, extras);
      history.add(report);
      events.publish('report', report);
    });
  }

  private async openControl(): Promise<void> {
    const { proxies, faults, seen, scenarios, history, events, metrics } = this;
    const { control } = this.config;
    if (control === null) return;
    const token = readControlToken(control);
    const server = new ControlServer(
      controlApi(
        controlRoutes({
          proxies,
          faults,
          seen,
          scenarios,
          history,
          events,
          metrics,
          status: () => (this.isReady ? { proxies: proxies.all } : null),
        }),
        {
          guard: guard({ ...control, token, isLoopback: isLoopback(control.listen.host) }),
          failed: (error) => this.log.say('error', `the control API has failed: ${error.stack ?? error.message}`),
        },
      ),
    );
    try {
      this.controlUrl = await server.listen(control.listen);
      this.control = server;
    } catch (error) {
      throw new StartError(`the control API cannot listen on ${formatAddress(control.listen)}`, error);
    }
  }

  private writeReadyFile(): void {
    const { readyFile } = this.config;
    if (readyFile === null) return;
    try {
      writeReadyFile(readyFile, this.ready);
    } catch (error) {
      throw new StartError(`the ready file ${readyFile} cannot be written`, error);
    }
  }
}
