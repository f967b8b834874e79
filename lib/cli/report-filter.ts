import type { ReasonName } from '../amqp/reason.js';
import type { Flag } from '../config/flags.js';
import { REASON_DOCS } from '../report/reason-docs.js';
import type { Report } from '../report/report.js';
import { type ReportQuery, readQuery } from '../report/report-query.js';
import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';
import { UsageError } from './usage-error.js';

/** The flags that select reports, as `GET /reports` does. */
export const filterFlags = {
  reason: {
    type: 'string',
    requiresArg: true,
    syntax: 'REASON',
    description: 'Only those with this reason, such as bad_header.',
  },
  client: { type: 'string', requiresArg: true, description: 'Only those from this client: ADDRESS or ADDRESS:PORT.' },
  proxy: { type: 'string', requiresArg: true, description: 'Only those of this proxy.' },
  fault: {
    type: 'string',
    requiresArg: true,
    description: 'Only those on which this fault acted: NAME or PROXY/NAME.',
  },
  'health-checks': { type: 'boolean', description: 'Only health checks. --no-health-checks: everything else.' },
} as const satisfies Record<string, Flag>;

type Given<Value> = Value | readonly Value[] | undefined;

/** The flags as parsed. A flag that was given several times has a list. */
export type FilterArguments = { readonly [flag in 'reason' | 'client' | 'proxy' | 'fault']?: Given<string> } & {
  readonly 'health-checks'?: Given<boolean>;
};

/**
 * Returns a function that says whether the flags select a report. Each flag that was given must match; of one that was
 * given several times, any value.
 *
 * @returns null if no flag was given
 * @throws UsageError for a reason that does not exist
 */
export function reportFilter({
  reason,
  client,
  proxy,
  fault,
  'health-checks': healthChecks,
}: FilterArguments): ((report: Report) => boolean) | null {
  for (const name of listOf(reason)) checkReason(name);
  const flags: readonly (readonly ReportQuery[])[] = [
    listOf(reason).map((name) => ({ reason: name })),
    listOf(client).map((address) => ({ client: address })),
    listOf(proxy).map((name) => ({ proxy: name })),
    listOf(fault).map((name) => ({ fault: name })),
    listOf(healthChecks).map((healthCheck) => ({ healthCheck })),
  ].filter((queries) => queries.length > 0);
  if (flags.length === 0) return null;
  const matchers = flags.map((queries) => queries.map((query) => readQuery(query).matches));
  return (report) => matchers.every((any) => any.some((matches) => matches(report)));
}

function listOf<Value>(given: Given<Value>): readonly Value[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given as Value];
}

function checkReason(name: string): void {
  const names = Object.keys(REASON_DOCS) as ReasonName[];
  if (names.some((each) => each === name)) return;
  throw new UsageError(
    `--reason: there is no reason ${quote(name)}${didYouMean(name, names)}; docs/reports.md lists all`,
  );
}
