import type { AmqpProxy } from '../proxy/amqp-proxy.js';
import type { DeferredWork } from '../proxy/deferred-work.js';
import type { Log } from '../report/log.js';
import { reportLine } from '../report/report-line.js';
import type { ReportsFile } from '../report/reports-file.js';
import type { Records } from './records.js';

/**
 * Subscribes the log, the reports file and the control API's records to the events of a proxy.
 *
 * Reports come as deferred work. The log's other entries join them there: formatting them delays no connection, and the
 * entries of a connection stay in order.
 *
 * @param records null when the control API is off: nobody can read them then, and connections do not pay for them
 */
export function subscribe(
  proxy: AmqpProxy,
  {
    log,
    deferred,
    reports,
    records,
  }: {
    readonly log: Log;
    readonly deferred: DeferredWork;
    readonly reports: ReportsFile | undefined;
    readonly records: Records | null;
  },
): void {
  if (log.followsConnections) {
    proxy.on('accepting', (accepting) => deferred.add(() => log.accepting(accepting)));
    proxy.on('introduced', (introduced) => deferred.add(() => log.introduced(introduced)));
    proxy.on('stage', (reached) => deferred.add(() => log.stage(reached)));
    proxy.on('connectionError', (error) => deferred.add(() => log.connectionError(error)));
  }
  proxy.on('faultActed', ({ proxy: name, client, fault }) =>
    deferred.add(() =>
      log.say('debug', `${name} ${client}: fault ${fault.name} (${fault.type}) acts at ${fault.at}`, {
        fault: fault.id,
      }),
    ),
  );
  proxy.on('learned', (learned) => deferred.add(() => log.learned(learned)));
  proxy.on('upstreamState', ({ proxy: name, upstream, state, code }) => {
    const [level, what] = state === 'up' ? (['info', 'open'] as const) : (['warning', 'refused'] as const);
    const why = code === null ? '' : ` (${code})`;
    log.say(level, `${name}: the upstream ${upstream} is ${state}${why}; its port is ${what}`, { upstream, state });
  });
  proxy.on('acceptFailed', ({ proxy: name, code }) =>
    log.say('error', `${name}: a connection could not be accepted (${code})`),
  );
  if (log.isSilent && !reports && !records) return;
  proxy.on('report', (report, reason, extras) => {
    log.report(report, reason, extras);
    if (!reports && !records) return;
    const line = reportLine(report);
    reports?.add(line);
    if (!records) return;
    records.metrics.report(report, extras);
    records.activity.report(report, extras);
    records.history.add(report, line);
    records.events.publishReport(line);
  });
  if (records) record(proxy, records);
}

function record(proxy: AmqpProxy, { seen, metrics, events }: Records): void {
  proxy.on('learned', (learned) => events.publish('learned', learned));
  proxy.on('faultActed', (acted) => {
    const { id: connection, proxy: name, client, fault, stage } = acted;
    seen.acted(acted);
    metrics.faultActed(acted);
    events.publish('fault', { action: 'acted', ...fault, proxy: name, connection, client, stage });
  });
}
