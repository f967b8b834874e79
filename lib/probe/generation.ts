import { dialectOf, generations, LAST_MINOR } from '../amqp/dialect.js';
import { isSince, type Version } from '../amqp/version.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { describeExpectation, expectationOf } from './expectation.js';
import { FRAME_CASES, HEADER_CASES } from './identifying-cases.js';

/** Consecutive versions of RabbitMQ that refuse clients in the same way. */
export interface Generation {
  /** Its versions: `4.1 or later`, `3.x (3.6 to 3.13), with the AMQP 1.0 plugin`. */
  readonly name: string;
  /** Its name in a list. */
  readonly short: string;
  /** Its major version, such as `3.x`. */
  readonly line: string;
  /** Its first version. */
  readonly dialect: string;
  readonly amqp10: 'on' | 'off';
}

const PLUGIN = { on: 'with the AMQP 1.0 plugin', off: 'without the AMQP 1.0 plugin' } as const;

/** The generations that `--identify` distinguishes, oldest first. They derive from the rows of the dialects. */
export const GENERATIONS: readonly Generation[] = distinguish(generations());

function distinguish(versions: readonly Version[]): readonly Generation[] {
  const found = (['off', 'on'] as const).flatMap((amqp10) => {
    // AMQP 1.0 cannot be off in a version that has it without a plugin.
    const series = versions.filter((version) => amqp10 === 'on' || !isNative(version));
    const firsts = series.filter((version, at) => {
      const before = series[at - 1];
      return before === undefined || signatureOf(before, amqp10) !== signatureOf(version, amqp10);
    });
    return firsts.map((since, at) => ({ since, until: firsts[at + 1] ?? versions[series.length], amqp10 }));
  });
  return found
    .sort((one, other) => versions.indexOf(one.since) - versions.indexOf(other.since))
    .map(({ since, until, amqp10 }) => ({
      ...namesOf(since, until, isNative(since) ? null : PLUGIN[amqp10]),
      line: `${since[0]}.x`,
      dialect: since.join('.'),
      amqp10,
    }));
}

function isNative(version: Version): boolean {
  return dialectOf(version.join('.')).amqp10Native;
}

/** How a version treats each of the cases. */
function signatureOf(version: Version, amqp10: 'on' | 'off'): string {
  const rules = headerRules({ dialect: version.join('.'), amqp10 }, NOTHING_LEARNED);
  const headers = HEADER_CASES.map((each) =>
    describeExpectation(expectationOf(each, rules, { close: 'closed', handshakeTimeout: null })),
  );
  const frames = FRAME_CASES.map(({ announces }) => announces > rules.dialect.initialFrameMax);
  return JSON.stringify([isNative(version), headers, frames]);
}

/** Names the versions from `since` to the last one before `until`. */
function namesOf(since: Version, until: Version | undefined, plugin: string | null): { name: string; short: string } {
  const first = shorten(since);
  if (until === undefined) return withPlugin(`${first} or later`, `${first} or later`, plugin);
  const last = lastBefore(until);
  const range = first === last ? first : `${first} to ${last}`;
  const isMajor =
    until[0] === since[0] + 1 && generations().every((each) => each[0] !== since[0] || isSince(each, since));
  return isMajor ? withPlugin(`${since[0]}.x (${range})`, `${since[0]}.x`, plugin) : withPlugin(range, range, plugin);
}

function withPlugin(name: string, short: string, plugin: string | null) {
  return plugin === null ? { name, short } : { name: `${name}, ${plugin}`, short: `${short} ${plugin}` };
}

/** `4.1` for 4.1.0. */
function shorten([major, minor, patch]: Version): string {
  return `${major}.${minor}${patch === 0 ? '' : `.${patch}`}`;
}

function lastBefore([major, minor, patch]: Version): string {
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}` : `${major - 1}.${LAST_MINOR[major - 1] ?? 'x'}`;
}

/** `RabbitMQ 4.0`. All generations of a major version together are named `RabbitMQ 3.x`. */
export function nameOf(generations: readonly Generation[]): string {
  const [first] = generations;
  if (generations.length === 1 && first) return `RabbitMQ ${first.name}`;
  const lines = [...new Set(generations.map(({ line }) => line))];
  const names = lines.flatMap((line) => {
    const members = generations.filter((each) => each.line === line);
    const isWhole = members.length === GENERATIONS.filter((each) => each.line === line).length;
    return isWhole ? [line] : members.map(({ short }) => short);
  });
  return `RabbitMQ ${names.join(' or ')}`;
}
