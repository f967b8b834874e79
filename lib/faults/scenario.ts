import type * as z from 'zod';
import { parseDocument } from '../config/document.js';
import { LONGEST_DURATION, parseDuration } from '../config/duration.js';
import { formatPath } from '../config/key-path.js';
import { didYouMean } from '../config/nearest.js';
import { quote } from '../config/quote.js';
import { ConfigError } from '../errors.js';
import { FAULT_KEYS, type Fault, type FaultOptions, faultId, faultSchema } from './fault.js';

/** A fault with its time; all in ms from the begin of the scenario, or of its round. */
export type Step = {
  readonly fault: Fault;
  /** When it is added. */
  readonly after: number;
  /** When it is removed; null for with the end of the scenario. */
  readonly until: number | null;
};

/** Faults that come and go. */
export type Scenario = {
  readonly steps: readonly Step[];
  /** How often all steps are gone through; null for without an end. */
  readonly repeat: number | null;
  /** How long it lasts without a sign of life of whoever runs it, in ms; null for as long as the instance. */
  readonly lease: number | null;
};

export type ScenarioInput = {
  readonly steps: readonly object[];
  readonly repeat?: number | string | boolean | null;
  readonly lease?: number | string | null;
};

/** A step begins a list of at most so many. */
const MOST_STEPS = 1000;
const SCENARIO_KEYS = ['steps', 'repeat', 'lease'];
const STEP_KEYS = [...FAULT_KEYS, 'after', 'until'];

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/**
 * Reads and checks a scenario.
 *
 * @throws ConfigError with a line for each problem
 */
export function parseScenario(input: unknown, options: FaultOptions = {}): Scenario {
  const result = readScenario(input, options);
  if (!Array.isArray(result)) return result as Scenario;
  throw new ConfigError(result.map(({ path, message }: Issue) => `${formatPath(path) || 'a scenario'} ${message}`));
}

/**
 * Reads a scenario file, YAML or JSON.
 *
 * @param name of the file, for messages
 * @throws ConfigError with `name:line:column` for each problem
 */
export function readScenarioText(source: string, name: string, options: FaultOptions = {}): Scenario {
  const document = parseDocument(source, name);
  const result = readScenario(document.value, options);
  if (!Array.isArray(result)) return result as Scenario;
  throw new ConfigError(
    result.map(({ path, message }: Issue) => {
      const { line, column } = document.positionOf(path);
      return `${name}:${line}:${column}: ${formatPath(path) || 'a scenario'} ${message}`;
    }),
  );
}

/** What a scenario asks for at a time: a function of both, so that nothing drifts. */
export type Plan = {
  /** The steps whose faults are there, by their place in the list, in that order. */
  readonly active: readonly number[];
  /** Which round it is, from 0. A fault of another round is another fault: it counts anew. */
  readonly round: number;
  /** ms from the begin until this changes; null when it does not any more. */
  readonly changesAt: number | null;
  readonly isOver: boolean;
};

/** @param elapsed ms since the scenario began */
export function planAt({ steps, repeat }: Scenario, elapsed: number): Plan {
  const length = roundOf(steps);
  // What never ends has one round.
  const rounds = length === null || length === 0 ? 1 : (repeat ?? Number.POSITIVE_INFINITY);
  const round = length === null || length === 0 ? 0 : Math.min(Math.floor(elapsed / length), rounds - 1);
  const begin = round * (length ?? 0);
  const at = elapsed - begin;
  const active = steps.flatMap(({ after, until }, nth) =>
    at >= after && at < (until ?? Number.POSITIVE_INFINITY) ? [nth] : [],
  );
  const times = steps.flatMap(({ after, until }) => [after, ...(until === null ? [] : [until])]);
  const isLast = round + 1 >= rounds;
  // The next round may begin with steps that this one had at its begin.
  if (!isLast && length !== null) times.push(length);
  const next = Math.min(...times.filter((time) => time > at));
  const isOver = isLast && length !== null && at >= length;
  return { active, round, changesAt: Number.isFinite(next) ? begin + next : null, isOver };
}

/** How long a round is: until its last step is removed; null when one is not. */
function roundOf(steps: readonly Step[]): number | null {
  const ends = steps.map(({ until }) => until);
  return ends.includes(null) ? null : Math.max(0, ...(ends as number[]));
}

function readScenario(input: unknown, options: FaultOptions): Scenario | Issue[] {
  if (!isMap(input)) return [{ path: [], message: `must be a map, not ${quote(input)}` }];
  const issues = unknownKeys([], input, SCENARIO_KEYS);
  const given = input['steps'];
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_STEPS) {
    return [
      ...issues,
      { path: ['steps'], message: `must be a list of 1 to ${MOST_STEPS} faults, not ${quote(given)}` },
    ];
  }
  const repeat = readRepeat(input['repeat'], issues);
  const lease = readTime(input['lease'], ['lease'], issues);
  if (lease === 0) issues.push({ path: ['lease'], message: 'must be more than 0, not 0' });
  const steps = given.flatMap((step: unknown, nth) => readStep(step, ['steps', nth], options, issues) ?? []);
  if (issues.length > 0) return issues;
  if (repeat !== 1 && roundOf(steps) === null) {
    const open = steps.findIndex(({ until }) => until === null);
    issues.push({ path: ['steps', open], message: 'must have until, since the scenario is repeated' });
  }
  issues.push(...overlaps(steps));
  return issues.length > 0 ? issues : { steps, repeat, lease };
}

function readStep(
  input: unknown,
  path: readonly PropertyKey[],
  options: FaultOptions,
  issues: Issue[],
): Step | undefined {
  if (!isMap(input)) {
    issues.push({ path, message: `must be a map, not ${quote(input)}` });
    return undefined;
  }
  issues.push(...unknownKeys(path, input, STEP_KEYS));
  const { after: begin, until: end } = input;
  const fault = Object.fromEntries(
    Object.entries(input).filter(([key]) => (FAULT_KEYS as readonly string[]).includes(key)),
  );
  const after = readTime(begin, [...path, 'after'], issues) ?? 0;
  const until = readTime(end, [...path, 'until'], issues);
  if (until !== null && until <= after) {
    issues.push({ path: [...path, 'until'], message: `must be later than after, which is ${after} ms` });
  }
  const read: z.ZodSafeParseResult<Fault> = faultSchema(options).safeParse(fault);
  for (const issue of read.error?.issues ?? []) issues.push({ path: [...path, ...issue.path], message: issue.message });
  return read.success ? { fault: read.data, after, until } : undefined;
}

/** Two steps may be one fault at two times, not at the same. */
function overlaps(steps: readonly Step[]): Issue[] {
  const seen = new Map<string, Step[]>();
  return steps.flatMap((step, nth) => {
    const id = faultId(step.fault);
    const others = seen.get(id) ?? [];
    seen.set(id, [...others, step]);
    const { after, until } = step;
    const isTaken = others.some(
      (other) => after < (other.until ?? Number.POSITIVE_INFINITY) && other.after < (until ?? Number.POSITIVE_INFINITY),
    );
    return isTaken
      ? [
          {
            path: ['steps', nth],
            message: `must have another name than ${quote(step.fault.name)}, which is there at the same time`,
          },
        ]
      : [];
  });
}

function readRepeat(given: unknown, issues: Issue[]): number | null {
  if (given === undefined || given === null || given === false || given === 'false') return 1;
  if (given === true || given === 'true') return null;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (Number.isSafeInteger(number) && (number as number) >= 1) return number as number;
  issues.push({ path: ['repeat'], message: `must be true, false, or how many rounds, not ${quote(given)}` });
  return 1;
}

function readTime(given: unknown, path: readonly PropertyKey[], issues: Issue[]): number | null {
  if (given === undefined || given === null) return null;
  try {
    const isNumber = typeof given === 'string' ? /^\d+$/.test(given) : Number.isSafeInteger(given);
    const ms = isNumber ? Number(given) : parseDuration(String(given));
    if (ms < 0 || ms > LONGEST_DURATION) throw new ConfigError(`must be from 0 to 24h, not ${quote(given)}`);
    return ms;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    issues.push({ path, message: error.message });
    return null;
  }
}

function unknownKeys(path: readonly PropertyKey[], map: object, known: readonly string[]): Issue[] {
  return Object.keys(map)
    .filter((key) => !known.includes(key))
    .slice(0, 20)
    .map((key) => ({ path, message: `has an unknown key ${quote(key)}${didYouMean(key, known)}` }));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
