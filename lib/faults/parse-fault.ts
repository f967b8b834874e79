import * as z from 'zod';
import { ConfigError } from '../errors.js';
import { formatPath } from '../text/key-path.js';
import { type Issue, isMap } from '../text/map.js';
import { quote } from '../text/quote.js';
import type { Fault, FaultInput } from './fault.js';
import { type FaultOptions, isFlat, readFault } from './read-fault.js';
import { faultType } from './registry.js';

/**
 * Reads and checks a fault.
 *
 * @throws ConfigError with one line for each problem: key, rule and value
 */
export function parseFault(input: unknown, options: FaultOptions = {}): Fault {
  const result = readFault(input, options);
  if (!Array.isArray(result)) return result as Fault;
  throw new ConfigError(result.map(({ path, message }: Issue) => `${formatPath(path) || 'a fault'} ${message}`));
}

/** The schema of a fault, for use in a larger schema. Each problem has the path of its key. */
export function faultSchema(options: FaultOptions = {}) {
  return z.custom<FaultInput>().transform((input, context): Fault => {
    const result = readFault(input, options);
    if (!Array.isArray(result)) return result as Fault;
    for (const { path, message } of result as Issue[]) {
      context.issues.push({ code: 'custom', input, message, path: [...path] });
    }
    return z.NEVER;
  });
}

/**
 * Returns the fault with some attributes, conditions, its toxicity or its times changed; the rest is kept.
 *
 * @throws ConfigError as `parseFault`, and for a key that cannot be changed
 */
export function changeFault(fault: Fault, change: unknown, options: FaultOptions = {}): Fault {
  if (!isMap(change)) throw new ConfigError(`a change must be a map, not ${quote(change)}`);
  for (const key of ['name', 'type', 'proxy', 'stream'] as const) {
    const value = change[key];
    if (value !== undefined && value !== null && value !== fault[key] && options.asToxiproxy !== true) {
      throw new ConfigError(`${key} cannot be changed from ${quote(fault[key])} to ${quote(value)}`);
    }
  }
  const { attributes, when, ...others } = change;
  const type = faultType(fault.type);
  const flat = isMap(attributes) && type ? Object.keys(attributes).filter((key) => isFlat(key, type)) : [];
  const kept = Object.fromEntries(Object.entries(fault.when).filter(([key]) => !flat.includes(key)));
  return parseFault(
    {
      ...fault,
      ...(flat.includes('times') ? { times: null } : {}),
      ...others,
      name: fault.name,
      type: fault.type,
      proxy: fault.proxy,
      stream: fault.stream,
      attributes: isMap(attributes) ? { ...fault.attributes, ...attributes } : (attributes ?? fault.attributes),
      when: isMap(when) ? { ...kept, ...when } : (when ?? kept),
    },
    options,
  );
}
