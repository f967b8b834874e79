import type { ReasonName } from '../amqp/reason.js';
import type { Report } from '../report/report.js';

/** Selects reports: those that match all given fields, or for which the function returns true. */
export type ReportFilter =
  | {
      readonly reason?: ReasonName;
      readonly decision?: Report['decision'];
      readonly stage?: Report['stage'];
      readonly client?: string;
      readonly user?: string;
      readonly vhost?: string;
      /** The name of a fault that acted. */
      readonly fault?: string;
    }
  | ((report: Report) => boolean);

/** Whether a report matches a filter. */
export function matches(report: Report, filter: ReportFilter): boolean {
  if (typeof filter === 'function') return filter(report);
  const { handshake, faults, reason, decision, stage, client } = report;
  return Object.entries(filter).every(([key, wanted]) => {
    if (wanted === undefined) return true;
    if (key === 'fault') return faults.some(({ name }) => name === wanted);
    const found = { reason: reason.name, decision, stage, client, user: handshake?.user, vhost: handshake?.vhost };
    return found[key as keyof typeof found] === wanted;
  });
}

/** Returns the filter as text, for messages: `matching {"reason":"bad_header"}`. */
export function describeFilter(filter: ReportFilter): string {
  return typeof filter === 'function' ? 'accepted by the filter function' : `matching ${JSON.stringify(filter)}`;
}
