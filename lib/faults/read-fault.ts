import { readDurationRange } from '../text/duration-range.js';
import { type Issue, isMap, unknownKeys } from '../text/map.js';
import { notOneOf } from '../text/not-one-of.js';
import { quote } from '../text/quote.js';
import { type Json, notesOf } from './attribute.js';
import { FAULT_KEYS, type Fault, flatKeysOf, momentOf, type Stream } from './fault.js';
import type { FaultType } from './fault-type.js';
import { isSinceMoment } from './moment.js';
import { isRampMap } from './ramp.js';
import { FAULT_TYPES, type FaultTypeName, faultType } from './registry.js';
import { valuesAt } from './values.js';
import { CONDITIONS, type ConditionName, isOfMessages, TIMES, type When } from './when.js';

export type FaultOptions = {
  /** The proxy, if the fault does not name one. */
  readonly proxy?: string;
  /**
   * Whether to read the input as Toxiproxy reads a toxic: drop unknown attributes, keep any toxicity, and in Toxiproxy's
   * types keep negative numbers, which act as 0. @defaultValue false
   */
  readonly asToxiproxy?: boolean;
};

/** Returns the fault, or its problems. */
export function readFault(input: unknown, { proxy, asToxiproxy = false }: FaultOptions): Fault | Issue[] {
  if (!isMap(input)) return [{ path: [], message: `must be a map, not ${quote(input)}` }];
  const issues: Issue[] = unknownKeys([], input, FAULT_KEYS);
  const type = typeof input['type'] === 'string' ? faultType(input['type']) : undefined;
  if (type === undefined) {
    const names = FAULT_TYPES.map(({ name }) => name);
    return [...issues, { path: ['type'], message: notOneOf(names, input['type']) }];
  }
  const given = mapAt(input, 'attributes', issues);
  const conditions = mapAt(input, 'when', issues);
  const flat = Object.fromEntries(Object.entries(given).filter(([key]) => isFlat(key, type)));
  issues.push(...unknownKeys(['when'], conditions, Object.keys(CONDITIONS)));
  for (const key of Object.keys(flat)) {
    const other = key === 'times' ? input['times'] : conditions[key];
    if (other !== undefined && other !== null && flat[key] !== null)
      issues.push({ path: ['attributes', key], message: 'must not be given twice' });
  }
  const when = readWhen({ ...conditions, ...flat }, (key) => [key in flat ? 'attributes' : 'when', key], issues);
  const attributes = readAttributes(type, given, asToxiproxy, issues);
  const stream = input['stream'] ?? 'downstream';
  if (stream !== 'upstream' && stream !== 'downstream') {
    issues.push({ path: ['stream'], message: notOneOf(['upstream', 'downstream'], stream) });
  }
  const toxicity = readToxicity(input['toxicity'] ?? 1, asToxiproxy, issues);
  const isFlatTimes = flat['times'] !== undefined && flat['times'] !== null;
  const times = readTimes(isFlatTimes ? flat['times'] : input['times'], isFlatTimes ? ['attributes'] : [], issues);
  const name = readName(input['name'] || `${type.name}_${typeof stream === 'string' ? stream : ''}`, 'name', issues);
  const owner = readName(input['proxy'] ?? proxy, 'proxy', issues);
  if (issues.length > 0) return issues;
  const fault = {
    name,
    type: type.name as FaultTypeName,
    proxy: owner,
    stream: stream as Stream,
    toxicity,
    attributes,
    when,
    times,
  } as Fault;
  issues.push(...unusableConditions(type, fault));
  return issues.length > 0 ? issues : Object.freeze(fault);
}

function readAttributes(
  type: FaultType,
  given: Readonly<Record<string, unknown>>,
  asToxiproxy: boolean,
  issues: Issue[],
): Fault['attributes'] {
  const attributes: Record<string, Json> = {};
  const before = issues.length;
  if (!asToxiproxy) {
    const own = Object.fromEntries(Object.entries(given).filter(([key]) => !isFlat(key, type)));
    issues.push(...unknownKeys(['attributes'], own, Object.keys(type.attributes), flatKeysOf(type)));
  }
  for (const [key, schema] of Object.entries(type.attributes)) {
    const value = given[key] ?? undefined;
    const isNumber = asToxiproxy && type.isToxiproxy;
    const wrong = isNumber && value !== undefined && !isRampMap(value) ? problemOfNumber(value) : undefined;
    if (wrong !== undefined) {
      issues.push({ path: ['attributes', key], message: wrong });
      continue;
    }
    const read = schema.safeParse(value);
    const { minimum } = notesOf(schema);
    const isBelow = typeof minimum === 'number' && typeof read.data === 'number' && read.data < minimum;
    if (read.error) {
      for (const { message } of read.error.issues) issues.push({ path: ['attributes', key], message });
    } else if (isBelow && !isNumber) {
      issues.push({ path: ['attributes', key], message: `must be at least ${minimum}, not ${quote(value)}` });
    }
    // null in JSON means the type's default, which may also be null.
    attributes[key] = (read.data ?? notesOf(schema).default) as Json;
  }
  if (issues.length > before || type.check === undefined) return attributes;
  const problems = ends({ type: type.name as FaultTypeName, attributes }).map((each) => type.check?.(each as never));
  for (const [key, message] of Object.entries(Object.assign({}, ...problems) as Record<string, string>)) {
    issues.push({ path: ['attributes', key], message });
  }
  return attributes;
}

/** The attributes with the first and the last value of each ramp. The values in between are between them. */
function ends(fault: Pick<Fault, 'type' | 'attributes'>): Fault['attributes'][] {
  return [0, Number.POSITIVE_INFINITY].map((elapsed) => valuesAt({ ...fault, when: {} }, elapsed));
}

/** Toxiproxy's own attributes are whole numbers without units. A ramp, which Toxiproxy does not have, is read as usual. */
function problemOfNumber(value: unknown): string | undefined {
  if (typeof value !== 'number') return `must be a number, not ${quote(value)}`;
  if (!Number.isInteger(value)) return `must be a whole number, not ${quote(value)}`;
  const most = Number.MAX_SAFE_INTEGER;
  return Number.isSafeInteger(value)
    ? undefined
    : `must be a whole number from -${most} to ${most}, not ${quote(value)}`;
}

function readWhen(given: Readonly<Record<string, unknown>>, path: (key: string) => string[], issues: Issue[]): When {
  const when: Record<string, unknown> = {};
  for (const [key, { schema }] of Object.entries(CONDITIONS)) {
    const value = given[key];
    if (value === undefined || value === null) continue;
    const read = schema.safeParse(value);
    for (const { message } of read.error?.issues ?? []) issues.push({ path: path(key), message });
    when[key] = read.data;
  }
  const { after = 0, until = Number.POSITIVE_INFINITY } = when as When;
  if (until <= after) issues.push({ path: path('until'), message: `must be later than after, which is ${after} ms` });
  issues.push(...wrongWindows(given, when as When).map(([key, message]) => ({ path: path(key), message })));
  return when as When;
}

/** `every` and `for` need each other, and there must be a pause between two windows. */
function wrongWindows(given: Readonly<Record<string, unknown>>, when: When): [key: string, message: string][] {
  const isGiven = (key: string): boolean => given[key] !== undefined && given[key] !== null;
  if (isGiven('every') !== isGiven('for')) {
    return isGiven('every') ? [['for', 'must be given with every']] : [['every', 'must be given with for']];
  }
  if (when.every === undefined || when.for === undefined) return [];
  const { least } = readDurationRange(when.every);
  const isShorter = readDurationRange(when.for).most < least;
  return isShorter ? [] : [['for', `must be shorter than every, not ${quote(given['for'])}`]];
}

function readToxicity(given: unknown, asToxiproxy: boolean, issues: Issue[]): number {
  const number = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given;
  const isFit = typeof number === 'number' && Number.isFinite(Math.fround(number));
  if (isFit && (asToxiproxy || (number >= 0 && number <= 1))) return number;
  // Toxiproxy takes any 32-bit float. Below 0 is never, and above 1 is always.
  const rule = asToxiproxy ? 'a number that fits in a 32-bit float' : 'a number from 0 to 1';
  issues.push({ path: ['toxicity'], message: `must be ${rule}, not ${quote(given)}` });
  return 1;
}

function readTimes(given: unknown, path: readonly string[], issues: Issue[]): number | null {
  if (given === undefined || given === null) return null;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  if (Number.isSafeInteger(number) && (number as number) >= 1) return number as number;
  issues.push({ path: [...path, 'times'], message: `must be a whole number of at least 1, not ${quote(given)}` });
  return null;
}

/** Longer names are rejected, because every report contains them. */
const LONGEST_NAME = 255;

function readName(given: unknown, key: 'name' | 'proxy', issues: Issue[]): string {
  if (typeof given === 'string' && given.length > 0 && given.length <= LONGEST_NAME) return given;
  const rule = `must be text of 1 to ${LONGEST_NAME} characters`;
  issues.push({ path: [key], message: given === undefined ? 'must be given' : `${rule}, not ${quote(given)}` });
  return '';
}

/** Rejects conditions that are not known when the fault acts, and conditions that its type does not have. */
function unusableConditions(type: FaultType, fault: Fault): Issue[] {
  const chosen = Object.keys(fault.when) as ConditionName[];
  if (type.acts === 'listener') {
    const why = `${type.name} acts on the listener and accepts only ${TIMES.slice(0, -1).join(', ')} and ${TIMES.at(-1)}`;
    const refused = chosen.filter((key) => !TIMES.includes(key)).map((key) => ['when', key]);
    const paths = fault.times === null ? refused : [...refused, ['times']];
    const issues = paths.map((path): Issue => ({ path, message: `must not be given: ${why}` }));
    return fault.toxicity === 1 ? issues : [...issues, { path: ['toxicity'], message: `must be 1: ${why}` }];
  }
  const ofMessages: readonly ConditionName[] = (type.acts === 'handshake' && type.conditions) || [];
  const foreign = chosen.filter((key) => isOfMessages(key) && !ofMessages.includes(key));
  if (foreign.length > 0) {
    const why = ofMessages.length === 0 ? 'does not act on messages' : `accepts only ${ofMessages.join(', ')} of these`;
    return foreign.map((key) => ({ path: ['when', key], message: `must not be given: ${type.name} ${why}` }));
  }
  const moment = momentOf(fault);
  if (moment === null) return [];
  const octets = Math.min(
    ...ends(fault).map((each) => (type.acts === 'handshake' ? type.at(each as never).octets : 8) ?? 8),
  );
  const named = type.acts === 'tls' ? type.at(fault.attributes as never) : moment;
  const at = moment === 'header' ? `at octet ${octets} of the header` : `at ${named}`;
  return chosen
    .filter((key) => {
      const { known } = CONDITIONS[key];
      return !isSinceMoment(moment, known) || (known === 'header' && moment === 'header' && octets < 8);
    })
    .map((key) => {
      const known = key === 'header' ? 'the header is complete' : CONDITIONS[key].known;
      return { path: ['when', key], message: `is not known until ${known}, and the fault acts ${at}` };
    });
}

function mapAt(
  input: Readonly<Record<string, unknown>>,
  key: string,
  issues: Issue[],
): Readonly<Record<string, unknown>> {
  const value = input[key] ?? {};
  if (isMap(value)) return value;
  issues.push({ path: [key], message: `must be a map, not ${quote(value)}` });
  return {};
}

/** Whether a key among the attributes of a type is a condition or `times`. An attribute of the same name comes first. */
export function isFlat(key: string, type: FaultType): boolean {
  return (flatKeysOf(type) as readonly string[]).includes(key);
}
