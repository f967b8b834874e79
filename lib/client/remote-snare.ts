import type { ExplainedEntry } from '../broker-log/explain-pasted.js';
import type { LogSummary } from '../broker-log/log-summary.js';
import type { HealthChecks } from '../control/routes/health-checks.js';
import type { ProxyView } from '../control/toxiproxy/views.js';
import type { FaultInput } from '../faults/fault.js';
import type { ScenarioInput } from '../faults/scenario.js';
import type { HealthCheckRow } from '../health-check/health-check-row.js';
import type { HealthChecksInput } from '../health-check/health-checks.js';
import { type RecoveryOptions, untilRecovered } from '../report/recovery.js';
import type { OpenConnection, Report } from '../report/report.js';
import { PAUSE } from '../snare/pause.js';
import type { ReportFilter } from '../snare/report-filter.js';
import { PATIENCE } from '../snare/reports.js';
import { type Address, formatAddress, isWildcard, parseAddress } from '../text/address.js';
import { Control, type ControlOptions } from './control.js';
import { ControlError } from './control-error.js';
import { type ControlEvent, followEvents } from './follow-events.js';
import { RemoteFaults, removeFault } from './remote-faults.js';
import { RemoteReports } from './remote-reports.js';
import { RemoteScenario } from './remote-scenario.js';

export type ConnectOptions = ControlOptions & {
  /** Name of the proxy. @defaultValue the only proxy */
  readonly proxy?: string;
  /**
   * `HOST:PORT` where this process reaches the proxy, if that is not where it listens: the published port of a container.
   *
   * @defaultValue where it listens, on the host of the control API if that is on all interfaces
   */
  readonly address?: string;
};

const withoutBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** Where a proxy listens. A listener on all interfaces is reachable at the host of its control API. */
function listenerOf({ listen }: ProxyView, control: Control): Address {
  const at = listen.lastIndexOf(':');
  const bound = withoutBrackets(listen.slice(0, at));
  const isEverywhere = bound === '' || isWildcard(bound);
  return {
    host: isEverywhere ? withoutBrackets(new URL(control.url).hostname) : bound,
    port: Number(listen.slice(at + 1)),
  };
}

/** A proxy in another process or container, with the methods of `Snare`. */
export class RemoteSnare {
  readonly host: string;
  readonly port: number;
  /** `amqp://guest:guest@HOST:PORT` */
  readonly url: string;
  readonly faults: RemoteFaults;
  private readonly control: Control;
  private readonly proxy: string;
  private readonly ended: RemoteReports;
  private readonly scenarios = new Set<RemoteScenario>();

  constructor(control: Control, name: string, { host, port }: Address) {
    this.host = host;
    this.port = port;
    this.url = `amqp://guest:guest@${formatAddress(this)}`;
    this.control = control;
    this.proxy = name;
    this.faults = new RemoteFaults(control, name);
    this.ended = new RemoteReports(control, name);
  }

  /**
   * Resolves with the oldest matching report that was not returned yet, including earlier ones that are still kept.
   *
   * @param options `timeout` in ms, 5000 by default
   * @throws RabbitSnareError ERR_NO_REPORT, whose message lists the reports seen instead and the open connections; ControlError
   */
  nextReport(filter: ReportFilter = {}, { timeout = PATIENCE }: { readonly timeout?: number } = {}): Promise<Report> {
    return this.ended.next(filter, timeout);
  }

  /** Returns all matching reports that are still kept, oldest first. */
  reports(filter: ReportFilter = {}): Promise<readonly Report[]> {
    return this.ended.all(filter);
  }

  /** Returns the open connections. */
  connections(): Promise<readonly OpenConnection[]> {
    return this.control.ask<OpenConnection[]>('GET', `/connections?proxy=${encodeURIComponent(this.proxy)}`);
  }

  /**
   * Resolves when the clients of these connections are open again: as many connections as then, with the same IP address, user,
   * virtual host and product.
   *
   * @param before what `connections` returned before the failure
   * @param options `timeout` in ms, 10000 by default
   * @returns how long it took, in ms
   * @throws RabbitSnareError ERR_NOT_RECOVERED, with one line for each client that is not back; ControlError
   */
  recovered(before: readonly OpenConnection[], options: RecoveryOptions = {}): Promise<number> {
    return untilRecovered(before, () => this.connections(), options);
  }

  /** Returns the health checks of each source, with those first that add most to the log of the broker. */
  async healthChecks(): Promise<readonly HealthCheckRow[]> {
    return (await this.control.ask<HealthChecks>('GET', `/health-checks?proxy=${encodeURIComponent(this.proxy)}`))
      .sources;
  }

  /** Ends a connection. `close`: how the client sees the end; 320 is an AMQP Close. @throws ControlError */
  async disconnect(id: string, close: 'rst' | 'fin' | 320 = 'rst'): Promise<void> {
    await this.control.ask('DELETE', `/connections/${encodeURIComponent(id)}?close=${close}`);
  }

  /**
   * Starts a scenario: its first faults are active when the promise resolves. It ends with this process.
   *
   * @throws ControlError
   */
  async scenario(input: ScenarioInput): Promise<RemoteScenario> {
    const run = await RemoteScenario.begin(input, this.control, { proxy: this.proxy });
    this.scenarios.add(run);
    return run;
  }

  /** Holds back all traffic in both directions until `up`. Clients can still connect. */
  async pause(): Promise<void> {
    await this.faults.add(PAUSE as readonly FaultInput[]);
  }

  /**
   * Changes how health checks are answered, from the next connection on. It stays like this when this process ends.
   *
   * @throws ControlError 400 if it is not valid
   */
  async answerHealthChecks(healthChecks: HealthChecksInput): Promise<void> {
    await this.control.ask('PATCH', this.path, { healthChecks });
  }

  /** Closes all connections and refuses new ones until `up`. */
  async down(): Promise<void> {
    await this.control.ask('PATCH', this.path, { enabled: false });
  }

  /** Ends `pause` and `down`. */
  async up(): Promise<void> {
    for (const { name } of PAUSE) {
      await removeFault(this.control, `${this.proxy}/${name}`);
    }
    await this.control.ask('PATCH', this.path, { enabled: true });
  }

  /**
   * Explains entries of a broker's log, or only a reason such as `{handshake_timeout,handshake}`.
   *
   * @throws ControlError
   */
  explain(line: string): Promise<readonly ExplainedEntry[]> {
    return this.control.ask<ExplainedEntry[]>('POST', '/explain', { line });
  }

  /**
   * Summarizes a broker's log of at most 1 MiB: reasons by source. `top`: how many rows the summary has, 20 by default.
   *
   * @throws ControlError
   */
  explainLog(text: string, { top }: { readonly top?: number } = {}): Promise<LogSummary> {
    return this.control.ask<LogSummary>('POST', '/explain', { text, ...(top !== undefined && { top }) });
  }

  /** Yields new events of the instance. Reconnects automatically when the connection is lost. */
  events(signal?: AbortSignal): AsyncGenerator<ControlEvent> {
    return followEvents(this.control, signal);
  }

  /** Ends the scenarios that were started here. The proxy and its other faults stay. */
  async close(): Promise<void> {
    await Promise.all([...this.scenarios].map((run) => run.stop()));
    this.scenarios.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private get path(): string {
    return `/proxies/${encodeURIComponent(this.proxy)}`;
  }
}

function readAddress(address: string): Address {
  try {
    return parseAddress(address, 1);
  } catch (error) {
    throw new ControlError(null, `address ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Connects to a running instance over its control API.
 *
 * @throws ControlError if the instance cannot be reached or has no such proxy, or an option is not valid
 */
export async function connectSnare({ proxy, address, ...options }: ConnectOptions = {}): Promise<RemoteSnare> {
  const reached = address === undefined ? undefined : readAddress(address);
  const control = new Control(options);
  const proxies = await control.ask<{ readonly [name: string]: ProxyView }>('GET', '/proxies');
  const names = Object.keys(proxies);
  const view = proxy === undefined && names.length === 1 ? Object.values(proxies)[0] : proxies[proxy ?? ''];
  if (view) return new RemoteSnare(control, view.name, reached ?? listenerOf(view, control));
  const problem = proxy === undefined ? 'proxy is required unless there is exactly one' : `there is no proxy ${proxy}`;
  throw new ControlError(404, `${problem}: ${control.url} has ${names.join(', ') || 'none'}`);
}
