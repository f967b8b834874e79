import { formatDuration } from '../text/duration.js';
import { notesOf } from './attribute.js';
import type { Fault } from './fault.js';
import { formatRamp } from './ramp.js';
import { faultType } from './registry.js';
import { rampsOf } from './values.js';

/**
 * Writes a fault on one line, as `parseCompact` reads it: `amqp_close at=running code=541`. Values that are defaults are left out,
 * and so is the proxy.
 */
export function formatCompact(fault: Fault): string {
  const { type, name, stream, toxicity, attributes, when, times } = fault;
  const ramps = new Map(rampsOf(fault));
  const declared = faultType(type)?.attributes ?? {};
  const own = Object.entries(attributes).flatMap(([key, value]) => {
    const { default: standard = null, unit } = declared[key] ? notesOf(declared[key]) : {};
    if (value === null || JSON.stringify(value) === JSON.stringify(standard)) return [];
    const ramp = ramps.get(key);
    if (ramp) return [[key, formatRamp(ramp, unit)] as const];
    return [[key, unit === 'ms' && typeof value === 'number' ? formatDuration(value) : value] as const];
  });
  const conditions = Object.entries(when).map(
    ([key, value]) => [key, typeof value === 'number' ? formatDuration(value) : value] as const,
  );
  const words = [
    ...(name === `${type}_${stream}` ? [] : [['name', name] as const]),
    ...(stream === 'downstream' ? [] : [['stream', stream] as const]),
    ...own,
    ...conditions,
    ...(toxicity === 1 ? [] : [['toxicity', toxicity] as const]),
    ...(times === null ? [] : [['times', times] as const]),
  ];
  return [type, ...words.map(([key, value]) => `${key}=${written(value)}`)].join(' ');
}

function written(value: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  return /[\s"']/.test(text) ? quoted(text) : text;
}

/** A double quote cannot be escaped, so it is put in single quotes. */
const quoted = (text: string): string =>
  text.replaceAll(/"+|[^"]+/g, (part) => (part[0] === '"' ? `'${part}'` : `"${part}"`));
