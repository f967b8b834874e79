import * as z from 'zod';
import { quote } from '../text/quote.js';

/** Everything about a key except its kind. Flags, variables, help, JSON schema, docs and the example file derive from it. */
export type KeyNotes = {
  /** As in a JSON file. */
  readonly default: string | number | boolean | readonly string[] | null;
  /** Name of the flag without dashes; null for a key without a flag. */
  readonly flag: string | null;
  /** For a key without a flag: the flag name that its environment variable is derived from, if it has one. */
  readonly variable?: string;
  /** One or two sentences. The first says what the value does. */
  readonly description: string;
  readonly unit?: string;
  /** Its value is never printed. */
  readonly secret?: true;
  /** Where the default comes from. */
  readonly source?: string;
};

/** A key of the config: a kind, its default and its notes. */
export function key<T extends z.ZodType>(kind: T, notes: KeyNotes): z.ZodPrefault<T> {
  const written = notes.default === null ? null : String(notes.default);
  // Kinds read text, so the default is text too and is checked like any other value.
  return kind.prefault(written as z.input<T> & {}).meta(notes);
}

/** A map of keys. Unknown keys are rejected. */
export function section<T extends z.ZodRawShape>(shape: T) {
  return z
    .strictObject(shape, {
      error: ({ code, input }) => (code === 'invalid_type' ? `must be a map, not ${quote(input)}` : undefined),
    })
    .readonly();
}
