import * as z from 'zod';
import type { Fault, FaultInput } from '../faults/fault.js';
import { readFault } from '../faults/read-fault.js';
import { type Issue, isMap } from '../text/map.js';
import { quote } from '../text/quote.js';

/** A fault in the list of a proxy, which it does not name. */
export type ProxyFault = Omit<Fault, 'proxy'>;

/** The same as given by a user. */
type ProxyFaultInput = FaultInput & { readonly proxy?: never };

/** Placeholder for the proxy's name, which a fault in its list must not have. */
const THIS_PROXY = 'this';

/** The list of a proxy's faults. Empty text is an empty list. The JSON schema refers to a fault as `#/$defs/fault`. */
export function faultList() {
  return z
    .codec(z.unknown() as z.ZodType<unknown, readonly ProxyFaultInput[]>, z.custom<readonly ProxyFault[]>(), {
      decode: (written, context) => {
        const { faults, issues } = readFaults(written === '' ? [] : written);
        for (const { path, message } of issues) {
          context.issues.push({ code: 'custom', input: written, message, path: [...path] });
        }
        return issues.length > 0 ? z.NEVER : faults;
      },
      encode: (faults) => faults.map(writeFault),
    })
    .meta({ type: 'array', items: { $ref: '#/$defs/fault' }, syntax: '[FAULT, ...]' });
}

function readFaults(written: unknown): { readonly faults: readonly ProxyFault[]; readonly issues: readonly Issue[] } {
  if (!Array.isArray(written)) return { faults: [], issues: [{ path: [], message: mustBeList(written) }] };
  const faults: ProxyFault[] = [];
  const issues: Issue[] = [];
  for (const [at, input] of written.entries()) {
    if (isMap(input) && Object.hasOwn(input, 'proxy')) {
      issues.push({ path: [at, 'proxy'], message: 'must not be set: faults in this list belong to this proxy' });
      continue;
    }
    const read = readFault(input, { proxy: THIS_PROXY });
    if (Array.isArray(read)) {
      issues.push(...(read as Issue[]).map(({ path, message }) => ({ path: [at, ...path], message })));
      continue;
    }
    const { proxy: _, ...fault } = read as Fault;
    if (faults.some(({ name }) => name === fault.name)) {
      issues.push({ path: [at], message: `must have a unique name, not ${quote(fault.name)}` });
    }
    faults.push(Object.freeze(fault));
  }
  return { faults: Object.freeze(faults), issues };
}

const mustBeList = (written: unknown): string => `must be a list, not ${quote(written)}`;

/** A fault as it is written in a file, where all values are text. Maps are written as JSON. */
function writeFault({ attributes, when, times, ...fault }: ProxyFault): Readonly<Record<string, unknown>> {
  const written = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value === null ? null : String(value),
  ]);
  return {
    ...fault,
    toxicity: String(fault.toxicity),
    attributes: Object.fromEntries(written),
    when: Object.fromEntries(Object.entries(when).map(([key, value]) => [key, String(value)])),
    times: times === null ? null : String(times),
  };
}
