import { TYPES } from './deck.js';
import type { Counts } from './ledger.js';

/** A quantity at the start and at the end of a run; null where the system does not say. */
export interface Measured {
  readonly start: number | null;
  readonly end: number | null;
}

/** The share of one client library. */
export interface LibraryResults {
  /** Its name and version. */
  readonly name: string;
  /** Messages confirmed to its publishers, and deliveries to its consumers. */
  readonly confirmed: number;
  readonly received: number;
}

/** Everything that a run has found out. */
export interface Results {
  readonly minutes: number;
  readonly seed: number;
  /** Versions of the broker and of Node.js. */
  readonly broker: string;
  readonly node: string;
  readonly libraries: readonly LibraryResults[];
  readonly messages: Counts;
  readonly sessions: number;
  readonly rudeClients: number;
  readonly accepted: number;
  readonly reported: number;
  readonly repeated: number;
  readonly torn: number;
  /** Connections or connects on which a fault acted, by type. */
  readonly hits: ReadonlyMap<string, number>;
  readonly typesInScenarios: number;
  readonly kills: number;
  readonly restarts: number;
  /** Reloads that were applied, and those that changed nothing. */
  readonly reloads: number;
  readonly rejected: number;
  readonly rotations: number;
  readonly requests: number;
  readonly requestFailures: readonly string[];
  readonly descriptors: Measured;
  /** In bytes. */
  readonly rss: Measured & { readonly peak: number | null };
  /** In ms. */
  readonly loop: { readonly p99: number; readonly max: number };
  readonly linesLost: number;
  readonly logErrors: readonly string[];
  /** How the proxy ended after SIGTERM. */
  readonly ended: string;
}

/** A line of the table. `broken` says which promise the value breaks. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly broken?: string;
}

/** The most memory that the proxy may use at any time, in MiB. */
export const MOST_MEMORY = 512;
const MIB = 1024 * 1024;

const count = (number: number): string => number.toLocaleString('en-US');
const unless = (kept: boolean, broken: string): { readonly broken?: string } => (kept ? {} : { broken });
const measured = (value: number | null, show: (value: number) => string = count): string =>
  value === null ? 'unknown' : show(value);
const mib = (octets: number): string => `${Math.round(octets / MIB)} MiB`;

/** The results as rows, each with the promise that it breaks, if any. */
export function rowsOf(results: Results): Row[] {
  const { messages, accepted, reported, descriptors, rss, loop, hits } = results;
  const idle = TYPES.filter((type) => (hits.get(type) ?? 0) === 0);
  const isAtMost = (value: number | null, most: number | null) => value === null || most === null || value <= most;
  return [
    { what: 'messages published', value: count(messages.published) },
    {
      what: 'messages confirmed',
      value: count(messages.confirmed),
      ...unless(messages.confirmed > 0, 'no message was confirmed'),
    },
    { what: 'messages consumed', value: count(messages.consumed) },
    { what: 'duplicates', value: count(messages.duplicates) },
    {
      what: 'confirmed messages lost',
      value: count(messages.lost),
      ...unless(messages.lost === 0, 'confirmed messages were lost'),
    },
    {
      what: 'messages corrupt',
      value: count(messages.corrupt),
      ...unless(messages.corrupt === 0, 'messages arrived changed'),
    },
    ...results.libraries.map(({ name, confirmed, received }) => ({
      what: `confirmed to and received by ${name}`,
      value: `${count(confirmed)}, ${count(received)}`,
      ...unless(confirmed > 0 && received > 0, `${name} has not published or not received`),
    })),
    { what: 'connections opened by client libraries', value: count(results.sessions) },
    { what: 'silent, malformed and health-check connections', value: count(results.rudeClients) },
    { what: 'connections accepted', value: count(accepted), ...unless(accepted > 0, 'no connection was accepted') },
    {
      what: 'connections reported',
      value: count(reported),
      ...unless(reported === accepted, 'not every connection has a report'),
    },
    {
      what: 'repeated or torn reports',
      value: count(results.repeated + results.torn),
      ...unless(results.repeated + results.torn === 0, 'reports were repeated or torn'),
    },
    {
      what: 'fault types that acted',
      value: `${TYPES.length - idle.length} of ${TYPES.length}`,
      ...unless(idle.length === 0, `fault types did not act: ${idle.join(', ')}`),
    },
    ...TYPES.map((type) => ({ what: `hits of ${type}`, value: count(hits.get(type) ?? 0) })),
    { what: 'fault types added by scenarios', value: `${results.typesInScenarios} of ${TYPES.length}` },
    { what: 'broker killed', value: count(results.kills) },
    { what: 'broker restarted in an orderly way', value: count(results.restarts) },
    { what: 'config reloads applied', value: count(results.reloads) },
    { what: 'config reloads rejected', value: count(results.rejected) },
    { what: 'reports files rotated', value: count(results.rotations) },
    {
      what: 'requests to the control API',
      value: count(results.requests),
      ...unless(
        results.requestFailures.length === 0,
        `requests failed: ${results.requestFailures.slice(0, 3).join('; ')}`,
      ),
    },
    {
      what: 'descriptors at start and end',
      value: `${measured(descriptors.start)}, ${measured(descriptors.end)}`,
      ...unless(isAtMost(descriptors.end, descriptors.start), 'descriptors are left open'),
    },
    {
      what: 'memory (RSS) at start, at end, and peak',
      value: [rss.start, rss.end, rss.peak].map((value) => measured(value, mib)).join(', '),
      ...unless(isAtMost(rss.peak, MOST_MEMORY * MIB), `the proxy used more than ${MOST_MEMORY} MiB`),
    },
    { what: 'event loop delay, p99 and max', value: `${loop.p99.toFixed(0)} ms, ${loop.max.toFixed(0)} ms` },
    {
      what: 'log entries and reports dropped',
      value: count(results.linesLost),
      ...unless(results.linesLost === 0, 'log entries or reports were dropped'),
    },
    {
      what: 'log entries about failures of the proxy',
      value: count(results.logErrors.length),
      ...unless(results.logErrors.length === 0, `the log has errors: ${results.logErrors.slice(0, 3).join('; ')}`),
    },
    {
      what: 'end of the proxy after SIGTERM',
      value: results.ended,
      ...unless(results.ended === 'exit code 0', 'the proxy did not end as it should'),
    },
  ];
}

/** One line that says what was run. */
export function titleOf({ minutes, seed, broker, node }: Results): string {
  return `${minutes} minutes, seed ${seed}, RabbitMQ ${broker}, Node.js ${node.replace('v', '')}`;
}

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  return rows.map(({ what, value, broken }) => `${what.padEnd(width)}  ${value}${broken ? '  BROKEN' : ''}`).join('\n');
}

/** The rows as a table in Markdown. */
export function markdownOf(rows: readonly Row[]): string {
  return ['| | |', '| --- | ---: |', ...rows.map(({ what, value }) => `| ${what} | ${value} |`)].join('\n');
}
