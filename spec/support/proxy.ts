import type { ExecutionContext } from 'ava';
import { type Clock, systemClock } from '../../lib/clock.js';
import type { Faults } from '../../lib/faults/proxy-faults.js';
import type { Sources } from '../../lib/health-check/sources.js';
import { AmqpProxy } from '../../lib/proxy/amqp-proxy.js';
import type { Lookup } from '../../lib/proxy/lookup.js';
import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import type { Accepting, ConnectionError, DialectLearned, StageReached } from '../../lib/report/events.js';
import type { Report } from '../../lib/report/report.js';
import type { Listening } from './server.js';
import { within } from './within.js';

/** A proxy on a free port, and the events that it emitted. */
export interface TestProxy extends Listening {
  readonly proxy: AmqpProxy;
  /** The options with which it was started. */
  readonly settings: ProxySettings;
  readonly reports: readonly Report[];
  readonly accepting: readonly Accepting[];
  readonly stages: readonly StageReached[];
  readonly learned: readonly DialectLearned[];
  readonly errors: readonly ConnectionError[];
  /** The oldest matching report that was not returned yet; waits for it. */
  nextReport(matches?: (report: Report) => boolean): Promise<Report>;
}

/** The config's keys. */
export const DEFAULTS: Omit<ProxySettings, 'upstream'> = {
  name: 'amqp',
  listen: { host: '127.0.0.1', port: 0 },
  tls: null,
  upstreamTls: null,
  mirrorUpstream: false,
  mode: 'guard',
  dialect: 'auto',
  amqp10: 'auto',
  close: 'rst',
  handshakeTimeout: 10_000,
  connectTimeout: 5_000,
  tcpKeepAlive: 120_000,
  observe: 'all',
  healthChecks: 'forward',
  proxyProtocol: { accept: 'off', send: 'off', trustedSources: ['127.0.0.0/8', '::1/128'] },
  maxConnections: 10_000,
  maxConnectionsPerSource: 0,
};

/** Options that differ from the config's defaults. */
export type ProxyOptions = Partial<Omit<ProxySettings, 'upstream'>> & {
  readonly clock?: Clock;
  readonly faults?: Faults;
  readonly lookup?: Lookup;
  readonly sources?: Sources;
};

/** Starts a proxy; when the test ends it is closed, and its connections are reset. */
export async function startProxy(
  t: ExecutionContext,
  upstream: Listening,
  { clock = systemClock, faults, lookup, sources, ...options }: ProxyOptions = {},
): Promise<TestProxy> {
  const { host, port } = upstream;
  let count = 0;
  const settings = { ...DEFAULTS, ...options, upstream: { host, port, label: `${host}:${port}` } };
  const proxy = new AmqpProxy(settings, {
    clock,
    nextId: () => `test-${++count}`,
    ...(faults && { faults }),
    ...(lookup && { lookup }),
    ...(sources && { sources }),
  });
  const reports: Report[] = [];
  const accepting: Accepting[] = [];
  const stages: StageReached[] = [];
  const learned: DialectLearned[] = [];
  const errors: ConnectionError[] = [];
  const unseen = new Set<Report>();
  const waiting = new Set<() => void>();
  proxy.on('accepting', (event) => accepting.push(event));
  proxy.on('stage', (event) => stages.push(event));
  proxy.on('learned', (event) => learned.push(event));
  proxy.on('connectionError', (event) => errors.push(event));
  proxy.on('report', (report) => {
    reports.push(report);
    unseen.add(report);
    for (const wake of waiting) wake();
    waiting.clear();
  });
  const listen = await proxy.listen();
  t.teardown(() => {
    const closed = proxy.close(0);
    // A manual clock does not fire the timer that resets open connections.
    if ('advance' in clock) (clock.advance as (ms: number) => void)(0);
    return within(closed, `the end of the proxy, with ${proxy.connections} connections open`);
  });
  return {
    host: '127.0.0.1',
    port: Number(listen.slice(listen.lastIndexOf(':') + 1)),
    proxy,
    settings,
    reports,
    accepting,
    stages,
    learned,
    errors,
    nextReport: async (matches = () => true) => {
      for (;;) {
        for (const report of unseen) {
          if (!matches(report)) continue;
          unseen.delete(report);
          return report;
        }
        const seen = () => {
          const last = reports.slice(-10).map(({ client, reason }) => `${client} ${reason.name}`);
          return `a report; ${reports.length} were seen, the last of them ${last.join(', ')}`;
        };
        await within(new Promise<void>((resolve) => waiting.add(resolve)), seen);
      }
    },
  };
}
