import * as z from 'zod';
import { quote } from '../text/quote.js';

/** What a key is besides its kind. Flags, variables, help, JSON schema and example file are made of it. */
export type KeyNotes = {
  /** In the syntax of a JSON file. */
  readonly default: string | number | boolean | readonly string[] | null;
  /** The flag's name without its dashes; null when the key exists in files only. */
  readonly flag: string | null;
  /** Of a key without a flag, the flag whose variable sets it all the same. */
  readonly variable?: string;
  /** One sentence or two; the first says what the value does. */
  readonly description: string;
  readonly unit?: string;
  /** Its value is never shown. */
  readonly secret?: true;
  /** Where the default, or the rule, comes from. */
  readonly source?: string;
};

/** A key of the config: a kind with its default and its notes. */
export function key<T extends z.ZodType>(kind: T, notes: KeyNotes): z.ZodPrefault<T> {
  const written = notes.default === null ? null : String(notes.default);
  // The kinds read text, so the default is text, and one path checks it like any other value.
  return kind.prefault(written as z.input<T> & {}).meta(notes);
}

/** A map of keys and nothing else. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z
    .strictObject(shape, {
      error: ({ code, input }) => (code === 'invalid_type' ? `must be a map, not ${quote(input)}` : undefined),
    })
    .readonly();
}
