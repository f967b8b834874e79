import { randomBytes, randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.js';
import { maxConnectionsOf } from '../config/max-connections.js';
import { RESTART_KEYS } from '../config/restart-keys.js';
import type { Config } from '../config/schema.js';
import type { ControlServer } from '../control/server.js';
import { Faults } from '../faults/proxy-faults.js';
import { Sources } from '../health-check/sources.js';
import { DeferredWork } from '../proxy/deferred-work.js';
import type { Log } from '../report/log.js';
import type { Outputs } from '../report/outputs.js';
import type { ReportsFile } from '../report/reports-file.js';
import { Certificates } from '../running/certificates.js';
import { ConfigFaults } from '../running/config-faults.js';
import { CountInvisibleChecks } from '../running/invisible/count-invisible-checks.js';
import { ProcessLimits, type ProcessResources } from '../running/process-limits.js';
import { Proxies } from '../running/proxies.js';
import { refuseLoops } from '../running/refuse-loops.js';
import { Scenarios } from '../running/scenarios.js';
import { StartError } from '../running/start-error.js';
import { UnfitFaults } from '../running/unfit-faults.js';
import { Upstreams } from '../running/upstreams.js';
import { openReportsFile } from './open-reports-file.js';
import { publishScenarios } from './publish-scenarios.js';
import { type Ready, removeReadyFile, writeReadyFile } from './ready-file.js';
import { Records } from './records.js';
import { subscribe } from './subscribe.js';

/** Upper bound of a picked seed, so that it is short enough to type. */
const MOST_SEEDS = 2 ** 32;

/** A running rabbit-snare: the proxies of a config, and the log, the reports file and the control API. */
export class Instance {
  private config: Config;
  readonly log: Log;
  readonly clock: Clock;
  private readonly upstreams: Upstreams;
  private readonly certificates: Certificates;
  readonly faults: Faults;
  private readonly configFaults: ConfigFaults;
  readonly proxies: Proxies;
  readonly scenarios: Scenarios;
  /** What each source has done so far; null: this is not remembered. */
  readonly sources: Sources | null;
  private readonly records: Records;
  private readonly limits: ProcessLimits;
  private readonly invisible: CountInvisibleChecks;
  private control: { readonly server: ControlServer; readonly url: string } | undefined;
  private reports: ReportsFile | undefined;
  private isReady = false;

  /** @param resources of the process. @defaultValue as the operating system says */
  constructor(
    config: Config,
    { log, clock, resources }: { readonly log: Log; readonly clock: Clock; readonly resources?: ProcessResources },
  ) {
    this.config = config;
    this.log = log;
    this.clock = clock;
    this.limits = new ProcessLimits(config, { log, clock, ...(resources && { resources }) });
    this.upstreams = new Upstreams({ log, clock });
    const prefix = randomBytes(4).toString('hex');
    let count = 0;
    const nextId = () => `${prefix}-${++count}`;
    this.certificates = new Certificates(log);
    const unfit = new UnfitFaults(config.proxies);
    this.faults = new Faults({ seed: config.seed ?? randomInt(MOST_SEEDS), clock, problemsOf: unfit.problemsOf });
    this.configFaults = new ConfigFaults(this.faults.list, unfit);
    const { faults } = this;
    const { healthCheckSources } = config;
    this.sources = healthCheckSources === 0 ? null : new Sources(healthCheckSources);
    this.invisible = new CountInvisibleChecks(config.invisibleChecks, { clock, log });
    this.records = new Records({
      history: config.reports.history,
      clock,
      faults,
      now: {
        open: () => this.proxies.openConnections(),
        proxies: () => this.proxies.states.map(({ name }) => name),
        outputs: () => this.outputs,
        limits: () => this.limits.state,
        invisible: () => this.invisible.state,
      },
    });
    const records = config.control && this.records;
    const { events } = this.records;
    faults.list.follow(({ live: { fault } }) => {
      if (fault.type === 'connect_hang') this.holdDescriptors();
    });
    this.scenarios = new Scenarios({ faults, clock, changed: publishScenarios(log, events) });
    const deferred = new DeferredWork(clock);
    this.proxies = new Proxies(
      this.upstreams,
      this.certificates,
      { clock, nextId, faults, deferred, admission: this.limits, sources: this.sources },
      (proxy) => subscribe(proxy, { log, deferred, reports: this.reports, records }),
      (change) => {
        this.holdDescriptors();
        events.publish('proxy', change);
      },
    );
  }

  /**
   * Starts everything. If something fails, what has already been started is stopped.
   *
   * @throws ConfigError when an upstream is a listener of this instance, or a certificate or the token file cannot be used
   * @throws StartError when a port cannot be opened or a file cannot be written
   */
  async start(): Promise<Ready> {
    const { config } = this;
    await refuseLoops(config);
    try {
      this.reports = await openReportsFile(config.reports.file, this);
      this.configFaults.apply(config);
      await this.proxies.apply(config.proxies);
      this.limits.check(maxConnectionsOf(config));
      this.limits.start();
      await this.openControl();
      this.isReady = true;
      if (config.control !== null || !this.log.isSilent) this.invisible.start();
      writeReadyFile(config.readyFile, this.ready);
      return this.ready;
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  /**
   * Applies another config: opens, changes and closes proxies. Open connections continue.
   *
   * @returns the changed keys that take effect at the next start only
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
    this.limits.check(maxConnectionsOf(config));
    const fixed = RESTART_KEYS.filter((key) => !isDeepStrictEqual(config[key], this.config[key]));
    const { config: before } = this;
    this.config = { ...config, ...Object.fromEntries(RESTART_KEYS.map((key) => [key, before[key]])) };
    this.renewReadyFile();
    return fixed;
  }

  /** Opens the reports file again, after it was moved away. */
  reopenReports(): void {
    this.reports?.reopen();
  }

  /** Closes the listeners and waits for open connections to end. After `drainTimeout` ms they are reset. */
  async stop(drainTimeout: number): Promise<void> {
    if (this.isReady && this.config.readyFile !== null) removeReadyFile(this.config.readyFile);
    this.isReady = false;
    this.scenarios.stop();
    await this.proxies.close(drainTimeout);
    this.limits.stop();
    this.invisible.stop();
    this.faults.list.dispose();
    this.certificates.close();
    await this.upstreams.close();
    this.records.events.close();
    await this.control?.server.close();
    await this.reports?.close();
  }

  /** The random seed of the faults. */
  get seed(): number {
    return this.faults.list.seed;
  }

  /** Number of clients of the event stream. */
  get followers(): number {
    return this.records.events.clients;
  }

  /** Number of open connections. */
  get connections(): number {
    return this.proxies.connections;
  }

  /** Something other than connections holds more or fewer descriptors than before. */
  private holdDescriptors(): void {
    const hanging = new Set(
      this.faults.list.all.flatMap(({ fault, enabled }) =>
        enabled && fault.type === 'connect_hang' ? fault.proxy : [],
      ),
    );
    const { upstreams, proxies } = this;
    this.limits.held({ proxies: proxies.states.length, hanging: hanging.size, hasStandIn: upstreams.hasStandIn });
  }

  /** The condition of the log, and of the reports if they are written. */
  private get outputs(): Outputs {
    return { log: this.log.state, reports: this.reports?.state ?? null };
  }

  /** In ms. */
  get drainTimeout(): number {
    return this.config.drainTimeout;
  }

  private get ready(): Ready {
    const proxies = this.proxies.all.map(({ name, listen, upstream }) => ({ name, listen, upstream }));
    return { pid: process.pid, proxies, control: this.control?.url ?? null };
  }

  private async openControl(): Promise<void> {
    const { control } = this.config;
    if (control === null) return;
    const { proxies, faults, scenarios, sources, records, log } = this;
    const invisible = () => this.invisible.state;
    const condition = () => ({ outputs: this.outputs, limits: this.limits.state });
    const status = () => (this.isReady ? { proxies: proxies.all, ...condition() } : null);
    // Without a control API, its code is not loaded.
    const { openControl } = await import('./open-control.js');
    this.control = await openControl(
      control,
      { ...records, proxies, faults, scenarios, sources, invisible, condition, status },
      this.limits,
      (error) => log.say('error', `the control API has failed: ${error.stack ?? error.message}`),
    );
  }

  /** The new config is in use already, so a problem with the file is only logged. */
  private renewReadyFile(): void {
    try {
      writeReadyFile(this.config.readyFile, this.ready);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.log.say('error', error.message);
    }
  }
}
