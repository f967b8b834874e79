import { ConfigError } from '../errors.js';
import { parseSubnet } from '../proxy-protocol/subnet.js';
import { formatPath } from '../text/key-path.js';
import { type Issue, isMap, unknownKeys } from '../text/map.js';
import { didYouMean } from '../text/nearest.js';
import { notOneOf } from '../text/not-one-of.js';
import { quote } from '../text/quote.js';
import {
  ANSWERS,
  type Answer,
  type FailWith,
  type HealthCheckRule,
  type HealthChecks,
  STYLES_OF_RULES,
  type StyleOfRule,
  WAYS_TO_FAIL,
} from './health-checks.js';
import { STYLE_DOCS } from './style.js';

const ANSWER_NAMES = Object.keys(ANSWERS) as Answer[];
const WAYS = Object.keys(WAYS_TO_FAIL) as FailWith[];
const RULE_KEYS = ['sources', 'answer', 'style', 'failWith'];
const [MOST_RULES, MOST_SOURCES] = [100, 1_000] as const;

/** Reads a `healthChecks` setting, or returns its problems. */
export function readHealthChecks(input: unknown): { readonly value: HealthChecks; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  if (!Array.isArray(input)) {
    const value = ANSWER_NAMES.find((answer) => answer === input);
    if (value !== undefined) return { value, issues };
    const rule = `must be one of ${ANSWER_NAMES.join(', ')}, or a list of rules`;
    const hint = typeof input === 'string' ? didYouMean(input, ANSWER_NAMES) : '';
    return { value: 'forward', issues: [{ path: [], message: `${rule}, not ${quote(input)}${hint}` }] };
  }
  if (input.length > MOST_RULES) {
    return { value: 'forward', issues: [{ path: [], message: `must have at most ${MOST_RULES} rules` }] };
  }
  const value = input.flatMap((rule, at) => readRule(rule, [at], issues) ?? []);
  return { value: Object.freeze(value), issues };
}

/**
 * Reads and checks a `healthChecks` setting.
 *
 * @throws ConfigError with one line for each problem
 */
export function parseHealthChecks(input: unknown): HealthChecks {
  const { value, issues } = readHealthChecks(input);
  if (issues.length === 0) return value;
  throw new ConfigError(issues.map(({ path, message }) => `${formatPath(['healthChecks', ...path])} ${message}`));
}

function readRule(input: unknown, path: readonly PropertyKey[], issues: Issue[]): HealthCheckRule | undefined {
  if (!isMap(input)) {
    issues.push({ path, message: `must be a map, not ${quote(input)}` });
    return undefined;
  }
  issues.push(...unknownKeys(path, input, RULE_KEYS));
  const answer = oneOf(ANSWER_NAMES, input['answer'], [...path, 'answer'], issues);
  const way = input['failWith'] ?? null;
  if (way !== null && answer !== undefined && answer !== 'fail') {
    issues.push({ path: [...path, 'failWith'], message: `must be set only if answer is fail, not ${answer}` });
  }
  return Object.freeze({
    sources: readSources(input['sources'], [...path, 'sources'], issues),
    answer: answer ?? 'forward',
    style: readStyle(input['style'] ?? null, [...path, 'style'], issues),
    failWith: (way === null ? undefined : oneOf(WAYS, way, [...path, 'failWith'], issues)) ?? 'rst',
  });
}

function readSources(input: unknown, path: readonly PropertyKey[], issues: Issue[]): readonly string[] {
  const given: unknown = typeof input === 'string' ? input.split(',').map((each) => each.trim()) : input;
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_SOURCES) {
    issues.push({
      path,
      message: `must be a list of 1 to ${MOST_SOURCES} IP addresses or subnets, not ${quote(input)}`,
    });
    return [];
  }
  for (const [at, each] of given.entries()) {
    if (typeof each === 'string' && parseSubnet(each) !== undefined) continue;
    const message = `must be an IP address or a subnet such as 10.0.0.0/8 or ::1/128, not ${quote(each)}`;
    issues.push({ path: [...path, at], message });
  }
  return Object.freeze([...given]);
}

function readStyle(given: unknown, path: readonly PropertyKey[], issues: Issue[]): StyleOfRule | null {
  const style = STYLES_OF_RULES.find((each) => each === given);
  if (style !== undefined || given === null) return style ?? null;
  const why = whyNot(given);
  const rule = `must be one of ${STYLES_OF_RULES.join(', ')}, not ${quote(given)}`;
  issues.push({ path, message: why === '' ? notOneOf(STYLES_OF_RULES, given) : `${rule}${why}` });
  return null;
}

/** Why a rule cannot name a style: a check of that style is recognized only when it has succeeded. */
function whyNot(style: unknown): string {
  if (style === 'no_data' || style === 'no_data_reset') {
    return ': a check that only connects has succeeded before it can be answered. The fault connect_refuse makes it fail';
  }
  const isStyle = typeof style === 'string' && Object.hasOwn(STYLE_DOCS, style);
  return isStyle ? ': it is known only after the answer' : '';
}

function oneOf<T extends string>(
  names: readonly T[],
  given: unknown,
  path: readonly PropertyKey[],
  issues: Issue[],
): T | undefined {
  const found = names.find((name) => name === given);
  if (found === undefined) issues.push({ path, message: notOneOf(names, given) });
  return found;
}
