import * as z from 'zod';
import { quote } from '../text/quote.js';
import { sections } from './shorthand.js';

/**
 * A section that is null until one of its keys is set. An empty map is rejected, because it looks as if it switched
 * something on.
 *
 * @param hint what to write instead of an empty map
 */
export function nullableSection<Full, Written>(section: z.ZodType<Full, Written>, hint: string) {
  const names = Object.keys(unwrapped(section).shape);
  const nothing = () => Object.fromEntries(names.map((name) => [name, null]));
  const written = z.codec(z.unknown() as z.ZodType<unknown, Written | null>, section, {
    decode: (input, context) => {
      if (input === null) return nothing() as Written;
      if (typeof input === 'object' && Object.keys(input as object).length > 0) return input as Written;
      context.issues.push({ code: 'custom', input, message: `must be null or ${hint}, not ${quote(input)}` });
      return z.NEVER;
    },
    encode: (full) => full,
  });
  const either = z
    .codec(written, z.custom<Full | null>(), {
      decode: (full) => (Object.values(full as object).every((value) => value === null) ? null : (full as Full)),
      encode: (on) => (on ?? nothing()) as Full,
    })
    .prefault(null);
  sections.set(either, { section });
  return either;
}

function unwrapped(schema: z.ZodType): z.ZodObject {
  return (schema instanceof z.ZodReadonly ? schema.unwrap() : schema) as z.ZodObject;
}
