import type { Quad } from '../amqp/header.js';
import { formatDuration } from '../text/duration.js';
import { quote } from '../text/quote.js';
import { chance } from './chance.js';
import type { Fault } from './fault.js';
import { matchesGlob } from './glob.js';
import { isSinceMoment, type Moment } from './moment.js';
import { positionAt } from './schedule.js';
import { isInRange } from './source-range.js';
import { describeValues, rampValuesAt } from './values.js';
import { CONDITIONS, type ConditionName, HEADERS, includes, parseConnections } from './when.js';

/** What is known about a connection. A text is null if its peer did not send it. */
export type Known = {
  /** The last moment that has occurred. */
  readonly moment: Moment;
  /** The connection's number at its proxy, from 1. */
  readonly connection: number;
  /** The client's IP address; null if the kernel no longer knows it. */
  readonly source: string | null;
  /** The version quad of its header; null if it has none. */
  readonly header: Quad | null;
  readonly product: string | null;
  readonly user: string | null;
  readonly vhost: string | null;
};

/** The state of a fault, in addition to its data. */
export type FaultState = {
  /** `Clock.ticks` when it was added. */
  readonly addedAt: number;
  /** Connections that its proxy had accepted before that. */
  readonly connectionsBefore: number;
  /** Connections on which it has acted. */
  readonly hits: number;
};

/** Whether a fault acts on a connection, and why. */
export type Choice =
  /** `values`: those of its ramps at that time. */
  | { readonly acts: true; readonly hit: number; readonly values: Readonly<Record<string, number>> }
  /** Decide again at that moment. */
  | { readonly acts: false; readonly because: 'not known yet'; readonly condition: ConditionName; readonly at: Moment }
  /** `for`: ms until its time starts; null if its time has ended. `pausing`: it is between two windows. */
  | { readonly acts: false; readonly because: 'time' | 'pausing'; readonly for: number | null }
  | {
      readonly acts: false;
      readonly because: 'condition';
      readonly condition: ConditionName;
      readonly found: string | number | null;
    }
  | { readonly acts: false; readonly because: 'chance'; readonly drawn: number }
  | { readonly acts: false; readonly because: 'spent' };

/**
 * Decides whether a fault acts on a connection. A pure function: the caller counts the hit.
 *
 * @param now `Clock.ticks`
 */
export function choose(fault: Fault, state: FaultState, known: Known, now: number, seed: number): Choice {
  const { when } = fault;
  for (const condition of Object.keys(when) as ConditionName[]) {
    if (!isKnown(condition, known)) {
      return { acts: false, because: 'not known yet', condition, at: CONDITIONS[condition].known };
    }
  }
  const elapsed = now - state.addedAt;
  const { state: position, changesAt } = positionAt(fault, elapsed, seed);
  if (position !== 'active') {
    const because = position === 'pausing' ? 'pausing' : 'time';
    return { acts: false, because, for: changesAt === null ? null : changesAt - elapsed };
  }
  const failed = failedCondition(fault, state, known);
  if (failed) return { acts: false, because: 'condition', ...failed };
  const drawn = drawnFor(fault, known, seed);
  if (drawn >= fault.toxicity) return { acts: false, because: 'chance', drawn };
  if (fault.times !== null && state.hits >= fault.times) return { acts: false, because: 'spent' };
  return { acts: true, hit: state.hits + 1, values: rampValuesAt(fault, elapsed) };
}

/**
 * Whether a fault can still act on a connection, whatever else becomes known of it, or could if it were within its time. Only a
 * change of the fault can make a false result true.
 */
export function canAct(fault: Fault, state: FaultState, known: Known, seed: number): boolean {
  if (fault.times !== null && state.hits >= fault.times) return false;
  if (failedCondition(fault, state, known) !== undefined) return false;
  return drawnFor(fault, known, seed) < fault.toxicity;
}

/** Returns the choice in one sentence, for reports. */
export function explain({ name, type, times, toxicity, when }: Fault, choice: Choice): string {
  const fault = type === name ? `fault ${quote(name)}` : `fault ${quote(name)} (${type})`;
  if (choice.acts) {
    const count = times === null ? '' : `, hit ${choice.hit} of ${times}`;
    const values = describeValues(type, choice.values);
    return `${fault} acts${count}${values === '' ? '' : `, with ${values}`}`;
  }
  const not = `${fault} does not act: `;
  switch (choice.because) {
    case 'not known yet':
      return `${fault} waits: the ${choice.condition} is not known until ${choice.at}`;
    case 'time':
      return choice.for === null
        ? `${not}its time has ended`
        : `${not}its time starts in ${formatDuration(Math.ceil(choice.for))}`;
    case 'pausing':
      return `${not}it pauses, and acts again in ${formatDuration(Math.ceil(choice.for ?? 0))}`;
    case 'condition': {
      const found = choice.found === null ? 'unknown' : quote(choice.found);
      return `${not}the ${choice.condition} is ${found}, not ${quote(when[choice.condition])}`;
    }
    case 'chance':
      return `${not}${choice.drawn.toFixed(3)} was drawn, which is not below its toxicity of ${toxicity}`;
    case 'spent':
      return `${not}it is spent after ${times === 1 ? '1 hit' : `${times} hits`}`;
    default:
      return choice satisfies never;
  }
}

function isKnown(condition: ConditionName, { moment }: Known): boolean {
  return isSinceMoment(moment, CONDITIONS[condition].known);
}

function drawnFor({ proxy, name }: Fault, { connection }: Known, seed: number): number {
  return chance({ seed, proxy, name, connection });
}

/** The first condition that does not hold, of those that are known. */
function failedCondition(
  { when }: Fault,
  { connectionsBefore }: FaultState,
  known: Known,
): { readonly condition: ConditionName; readonly found: string | number | null } | undefined {
  const { source, header, product, user, vhost, connection } = when;
  if (source !== undefined && !(known.source !== null && isInRange(known.source, source))) {
    return { condition: 'source', found: known.source };
  }
  if (
    header !== undefined &&
    isKnown('header', known) &&
    !HEADERS[header].some((quad) => quad.join() === known.header?.join())
  ) {
    return { condition: 'header', found: known.header?.join(' ') ?? null };
  }
  for (const [condition, pattern] of Object.entries({ product, user, vhost }) as [
    'product' | 'user' | 'vhost',
    string | undefined,
  ][]) {
    const found = known[condition];
    if (pattern !== undefined && isKnown(condition, known) && !(found !== null && matchesGlob(found, pattern)))
      return { condition, found };
  }
  const number = known.connection - connectionsBefore;
  const connections = connection === undefined ? undefined : parseConnections(connection);
  if (connections !== undefined && !includes(connections, number)) return { condition: 'connection', found: number };
  return undefined;
}
