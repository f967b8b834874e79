import { ConfigError } from '../errors.js';
import { readHealthChecks } from '../health-check/read-health-checks.js';
import { parseDocument } from '../text/document.js';
import { DURATION, LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { formatPath } from '../text/key-path.js';
import { type Issue, isMap, unknownKeys } from '../text/map.js';
import { quote } from '../text/quote.js';
import { FAULT_KEYS, type Fault, faultId } from './fault.js';
import { type FaultOptions, readFault } from './read-fault.js';
import { type AnswerStep, type FaultStep, roundOf, type Scenario, type Step, type StepTimes } from './scenario.js';

/** Maximum steps of a scenario. */
const MOST_STEPS = 1000;
const SCENARIO_KEYS = ['steps', 'repeat', 'lease'];
const FAULT_STEP_KEYS = [...FAULT_KEYS, 'after', 'until'];
const ANSWER_STEP_KEYS = ['healthChecks', 'proxy', 'after', 'until'];

/**
 * Reads and checks a scenario.
 *
 * @throws ConfigError with one line for each problem
 */
export function parseScenario(input: unknown, options: FaultOptions = {}): Scenario {
  const result = readScenario(input, options);
  if (!Array.isArray(result)) return result as Scenario;
  throw new ConfigError(result.map(({ path, message }: Issue) => `${formatPath(path) || 'a scenario'} ${message}`));
}

/**
 * Reads a scenario file in YAML or JSON.
 *
 * @param name the name of the file, for messages
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

function readScenario(input: unknown, options: FaultOptions): Scenario | Issue[] {
  if (!isMap(input)) return [{ path: [], message: `must be a map, not ${quote(input)}` }];
  const issues = unknownKeys([], input, SCENARIO_KEYS);
  const given = input['steps'];
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_STEPS) {
    return [...issues, { path: ['steps'], message: `must be a list of 1 to ${MOST_STEPS} steps, not ${quote(given)}` }];
  }
  const repeat = readRepeat(input['repeat'], issues);
  const lease = readTime(input['lease'], ['lease'], issues);
  if (lease === 0) issues.push({ path: ['lease'], message: 'must be more than 0, not 0' });
  const steps = given.flatMap((step: unknown, nth) => readStep(step, ['steps', nth], options, issues) ?? []);
  if (issues.length > 0) return issues;
  if (repeat !== 1 && roundOf(steps) === null) {
    const open = steps.findIndex(({ until }) => until === null);
    issues.push({ path: ['steps', open], message: 'must have until, because the scenario repeats' });
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
  const { after: begin, until: end } = input;
  const after = readTime(begin, [...path, 'after'], issues) ?? 0;
  const until = readTime(end, [...path, 'until'], issues);
  if (until !== null && until <= after) {
    issues.push({ path: [...path, 'until'], message: `must be later than after, which is ${after} ms` });
  }
  const read = Object.hasOwn(input, 'healthChecks') ? readAnswerStep : readFaultStep;
  return read(input, { after, until }, path, options, issues);
}

type MapInput = Readonly<Record<string, unknown>>;

function readFaultStep(
  input: MapInput,
  times: StepTimes,
  path: readonly PropertyKey[],
  options: FaultOptions,
  issues: Issue[],
): FaultStep | undefined {
  issues.push(...unknownKeys(path, input, FAULT_STEP_KEYS, ['healthChecks']));
  const fault = Object.fromEntries(
    Object.entries(input).filter(([key]) => (FAULT_KEYS as readonly string[]).includes(key)),
  );
  const read = readFault(fault, options);
  if (!Array.isArray(read)) return { ...times, fault: read as Fault };
  for (const issue of read as Issue[]) issues.push({ path: [...path, ...issue.path], message: issue.message });
  return undefined;
}

function readAnswerStep(
  input: MapInput,
  times: StepTimes,
  path: readonly PropertyKey[],
  options: FaultOptions,
  issues: Issue[],
): AnswerStep {
  issues.push(...unknownKeys(path, input, ANSWER_STEP_KEYS));
  const { value, issues: problems } = readHealthChecks(input['healthChecks']);
  for (const { path: inside, message } of problems)
    issues.push({ path: [...path, 'healthChecks', ...inside], message });
  const proxy = input['proxy'] ?? options.proxy;
  if (typeof proxy === 'string') return { ...times, proxy, healthChecks: value };
  const message = proxy === undefined ? 'must be given' : `must be text, not ${quote(proxy)}`;
  issues.push({ path: [...path, 'proxy'], message });
  return { ...times, proxy: '', healthChecks: value };
}

/** Two steps can have the same fault ID, or set `healthChecks` of the same proxy, only if their times do not overlap. */
function overlaps(steps: readonly Step[]): Issue[] {
  const seen = new Map<string, Step[]>();
  return steps.flatMap((step, nth) => {
    // A fault ID contains a slash.
    const id = 'fault' in step ? faultId(step.fault) : step.proxy;
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
            message:
              'fault' in step
                ? `must have a name other than ${quote(step.fault.name)}, which is active at the same time`
                : `must not set healthChecks of proxy ${quote(step.proxy)} while another step does`,
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
  issues.push({ path: ['repeat'], message: `must be true, false, or a number of rounds, not ${quote(given)}` });
  return 1;
}

function readTime(given: unknown, path: readonly PropertyKey[], issues: Issue[]): number | null {
  if (given === undefined || given === null) return null;
  try {
    const ms = msOf(given);
    if (ms < 0 || ms > LONGEST_DURATION) throw new ConfigError(`must be from 0 to 24h, not ${quote(given)}`);
    return ms;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    issues.push({ path, message: error.message });
    return null;
  }
}

/** @throws ConfigError */
function msOf(given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given)) return given;
  if (typeof given === 'string' && /^\d+$/.test(given)) return Number(given);
  // An object is not converted to text: it may have a key `toString`.
  if (typeof given === 'object') throw new ConfigError(`must be ${DURATION}, not ${quote(given)}`);
  return parseDuration(String(given));
}
