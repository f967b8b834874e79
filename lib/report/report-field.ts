import type * as z from 'zod';

/**
 * What the docs and the OpenAPI description say about a key. A key that can be null must say what null means, and an
 * object must describe each of its own keys.
 */
export type FieldDoc<T> = {
  /** One or two sentences, in Markdown. */
  readonly text: string;
  readonly unit?: 'ms' | 's' | 'bytes';
} & (null extends T ? { readonly ifNull: string } : unknown) &
  (NonNullable<T> extends readonly unknown[]
    ? unknown
    : NonNullable<T> extends object
      ? { readonly keys: KeyDocs<NonNullable<T>> }
      : unknown);

type KeyDocs<T> = { readonly [Key in keyof T]-?: FieldDoc<T[Key]> };

/** One key of a report: its schema, its JSON and its documentation. */
export type ReportField<T> = {
  readonly schema: z.ZodType<T>;
  /** Returns what `JSON.stringify` returns, but faster. */
  readonly write: (value: T) => string;
  readonly doc: FieldDoc<T>;
};

/** The doc of any key. */
export type AnyDoc = {
  readonly text: string;
  readonly unit?: string;
  readonly ifNull?: string;
  readonly keys?: { readonly [key: string]: AnyDoc };
};
