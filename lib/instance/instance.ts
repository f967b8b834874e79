import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { formatAddress } from '../config/address.js';
import type { Config, ProxyConfig } from '../config/schema.js';
import { controlApi, type Status } from '../control/api.js';
import { ControlServer } from '../control/server.js';
import { ConfigError } from '../errors.js';
import { AmqpProxy, type ProxySettings } from '../proxy/amqp-proxy.js';
import type { Clock } from '../proxy/clock.js';
import type { Log } from '../report/log.js';
import { ReportsFile } from '../report/reports-file.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { StandIn } from '../stand-in/stand-in.js';
import { acceptsConnections, LOCAL_BROKER } from './broker-here.js';
import { ownListenerAt } from './own-listener.js';
import { type Ready, removeReadyFile, writeReadyFile } from './ready-file.js';
import { StartError } from './start-error.js';

type Running = { readonly name: string; readonly listen: string; readonly upstream: string; readonly proxy: AmqpProxy };

/** A running rabbit-snare: the proxies of a config, with log, reports and control API listening to them. */
export class Instance {
  private readonly config: Config;
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly running: Running[] = [];
  private readonly standIns: StandIn[] = [];
  private readonly nextId: () => string;
  private control: ControlServer | undefined;
  private reports: ReportsFile | undefined;
  private isReady = false;

  constructor(config: Config, { log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.config = config;
    this.log = log;
    this.clock = clock;
    const prefix = randomBytes(4).toString('hex');
    let count = 0;
    this.nextId = () => `${prefix}-${++count}`;
  }

  /**
   * Starts everything, or nothing.
   *
   * @throws ConfigError when an upstream is one of our own listeners
   * @throws StartError when a port cannot be opened, or a file not written
   */
  async start(): Promise<Ready> {
    const { config } = this;
    await refuseLoops(config);
    try {
      await this.openReports();
      for (const proxy of config.proxies.filter(({ enabled }) => enabled)) await this.open(proxy);
      const control = await this.openControl();
      const ready = { pid: process.pid, proxies: this.status().proxies, control };
      this.writeReadyFile(ready);
      this.isReady = true;
      return ready;
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  /**
   * Closes the listeners, waits until the open connections have ended, and resets those that have not.
   *
   * @param drainTimeout ms
   */
  async stop(drainTimeout: number): Promise<void> {
    if (this.isReady && this.config.readyFile !== null) removeReadyFile(this.config.readyFile);
    this.isReady = false;
    await Promise.all(this.running.map(({ proxy }) => proxy.close(drainTimeout)));
    await Promise.all(this.standIns.map((standIn) => standIn.close()));
    await this.control?.close();
    await this.reports?.close();
  }

  get connections(): number {
    return this.running.reduce((sum, { proxy }) => sum + proxy.connections, 0);
  }

  private status(): Status {
    return { proxies: this.running.map(({ name, listen, upstream }) => ({ name, listen, upstream })) };
  }

  private async open(config: ProxyConfig): Promise<void> {
    const upstream = await this.upstreamOf(config);
    const settings: ProxySettings = { ...config, upstream };
    const proxy = new AmqpProxy(settings, { clock: this.clock, nextId: this.nextId });
    this.listenTo(proxy);
    let listen: string;
    try {
      listen = await proxy.listen();
    } catch (error) {
      throw new StartError(`proxy ${config.name} cannot listen on ${formatAddress(config.listen)}`, error);
    }
    this.running.push({ name: config.name, listen, upstream: upstream.label, proxy });
  }

  private listenTo(proxy: AmqpProxy): void {
    const { log, reports } = this;
    proxy.on('accepting', (accepting) => log.accepting(accepting));
    proxy.on('report', (report) => log.report(report));
    proxy.on('learned', (learned) => log.learned(learned));
    proxy.on('acceptFailed', ({ proxy: name, code }) =>
      log.say('error', `${name}: a connection could not be accepted (${code})`),
    );
    if (reports) proxy.on('report', (report) => reports.add(report));
  }

  private async upstreamOf(config: ProxyConfig): Promise<ProxySettings['upstream']> {
    if (typeof config.upstream === 'object') return { ...config.upstream, label: formatAddress(config.upstream) };
    if (config.upstream === 'auto' && (await acceptsConnections(LOCAL_BROKER))) {
      return { ...LOCAL_BROKER, label: formatAddress(LOCAL_BROKER) };
    }
    const standIn = new StandIn({
      rules: headerRules({ ...config, dialect: config.dialect === 'auto' ? '3.6' : config.dialect }, NOTHING_LEARNED),
      handshakeTimeout: config.handshakeTimeout,
      clock: this.clock,
    });
    const address = await standIn.listen();
    this.standIns.push(standIn);
    this.log.say('warning', standInNotice(config));
    return { ...address, label: 'stand-in' };
  }

  private async openReports(): Promise<void> {
    const { file } = this.config.reports;
    if (file === null) return;
    const sink = file === '-' ? process.stdout : createWriteStream(file, { flags: 'a' });
    if (sink !== process.stdout) {
      try {
        await once(sink, 'open');
      } catch (error) {
        throw new StartError(`reports cannot be written to ${file}`, error);
      }
    }
    this.reports = new ReportsFile(sink, (problem) => this.log.say('error', problem));
  }

  private async openControl(): Promise<string | null> {
    const { control } = this.config;
    if (control === null) return null;
    const server = new ControlServer(controlApi(() => (this.isReady ? this.status() : null)));
    try {
      const url = await server.listen(control.listen);
      this.control = server;
      return url;
    } catch (error) {
      throw new StartError(`the control API cannot listen on ${formatAddress(control.listen)}`, error);
    }
  }

  private writeReadyFile(ready: Ready): void {
    const { readyFile } = this.config;
    if (readyFile === null) return;
    try {
      writeReadyFile(readyFile, ready);
    } catch (error) {
      throw new StartError(`the ready file ${readyFile} cannot be written`, error);
    }
  }
}

const standInNotice = ({ name, upstream }: ProxyConfig): string =>
  `${name}: ${upstream === 'auto' ? `no broker on ${formatAddress(LOCAL_BROKER)}, so ` : ''}the upstream is the built-in stand-in, which knows the handshake only`;

async function refuseLoops({ proxies, control }: Config): Promise<void> {
  const listeners = proxies.filter(({ enabled }) => enabled).map(({ listen }) => listen);
  if (control !== null) listeners.push(control.listen);
  for (const { name, upstream } of proxies) {
    if (typeof upstream !== 'object') continue;
    const own = await ownListenerAt(upstream, listeners);
    if (own) {
      throw new ConfigError(
        `upstream of proxy ${name} must not be a listener of rabbit-snare itself, as ${formatAddress(upstream)} is (${formatAddress(own)})`,
      );
    }
  }
}
