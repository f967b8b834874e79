import * as z from 'zod';

/** Schemas that wrap a section, with that section. `key`: the section may be written as the text of this key alone. */
export const sections = new WeakMap<object, { readonly key?: string; readonly section: z.ZodType }>();

/**
 * A section that may also be written as the text of one of its keys: `control: off` is `control: {listen: off}`.
 * If that text is the word `off`, the whole section is null.
 */
export function shorthand<Full, Written, K extends string & keyof Full & keyof Written, Off extends string>(
  section: z.ZodType<Full, Written>,
  key: K,
  off: Off,
) {
  type On = { readonly [P in keyof Full]: P extends K ? Exclude<Full[P], Off> : Full[P] };
  const short = z.codec(z.unknown() as z.ZodType<unknown, Written | Written[K]>, section, {
    decode: (written) => (typeof written === 'string' ? { [key]: written } : written) as Written,
    encode: (full) => (isOff(full) ? off : full),
  });
  const isOff = (full: unknown): boolean => (full as Record<string, unknown>)[key] === off;
  const either = z
    .codec(short, z.custom<On | null>(), {
      decode: (full) => (isOff(full) ? null : (full as unknown as On)),
      // A section that is off keeps no other values.
      encode: (on) => (on ?? section.parse({ [key]: off })) as Full,
    })
    .prefault({} as Written & {});
  sections.set(either, { key, section });
  return either;
}
