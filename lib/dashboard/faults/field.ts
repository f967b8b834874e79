/** One input of the fault form, as the served schema describes it. */
export type Field = {
  /** Where its value belongs in a fault: `attributes.at`, `when.user`, `toxicity`. */
  readonly path: string;
  /** The last part of the path, which is also its label. */
  readonly key: string;
  readonly kind: 'choice' | 'boolean' | 'number' | 'text' | 'map';
  /** The allowed values of a choice. */
  readonly options: readonly (string | number)[];
  readonly unit: string | null;
  /** The fixed default as text; empty: there is none. */
  readonly standard: string;
  /** What is used if nothing is filled in, in words; empty: a fixed default, or nothing. */
  readonly standardIs: string;
  /** The fixed default; null: there is none. */
  readonly fallback: unknown;
  readonly isRequired: boolean;
  readonly description: string;
  /** How its value is written; empty: nothing to say. */
  readonly syntax: string;
  /** Values to suggest. */
  readonly examples: readonly string[];
  /** The maximum length of a text; null: no limit. */
  readonly longest: number | null;
};

/** A JSON schema as far as the form reads it. */
export type Schema = {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly defaultIs?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly examples?: readonly unknown[];
  readonly knownFrom?: string;
  readonly kind?: string;
  readonly shared?: readonly string[];
  readonly properties?: { readonly [key: string]: Schema };
  readonly oneOf?: readonly Schema[];
};

/** Reads a field from its schema. @param shared what the schema refers to; its own keywords win */
export function fieldOf(path: string, own: Schema, shared: Schema = {}): Field {
  const schema = { ...shared, ...own };
  const { default: fallback = null, defaultIs } = schema;
  return {
    path,
    key: path.slice(path.lastIndexOf('.') + 1),
    kind: kindOf(schema),
    options: (schema.enum ?? []).filter((option): option is string | number => option !== null),
    unit: schema.unit ?? null,
    standard: fallback === null ? '' : String(fallback),
    standardIs: defaultIs === 'required' ? '' : (defaultIs ?? ''),
    fallback,
    isRequired: defaultIs === 'required',
    description: [schema.description, knownFrom(schema)].filter(Boolean).join(' '),
    syntax: own.description === undefined ? '' : (shared.description ?? ''),
    examples: (schema.examples ?? []).map(String),
    longest: schema.maxLength ?? null,
  };
}

function kindOf({ type, enum: options, unit, minimum }: Schema): Field['kind'] {
  const types = [type].flat();
  if (options !== undefined) return 'choice';
  if (types.includes('boolean')) return 'boolean';
  const isNumber = types.includes('number') || types.includes('integer');
  // A condition such as a connection can be written as a number, and is text. A number can also be a ramp, which is a map.
  if (isNumber) return unit !== undefined || minimum !== undefined ? 'number' : 'text';
  return types.includes('object') ? 'map' : 'text';
}

const knownFrom = ({ knownFrom: moment }: Schema): string =>
  moment === undefined || moment === 'accept' ? '' : `Known from ${moment} on.`;

/** The value that a text stands for. Text that cannot be read is sent as it is: the server says what is wrong with it. */
export function valueIn({ kind, options }: Field, text: string): unknown {
  switch (kind) {
    case 'choice':
      return options.find((option) => String(option) === text) ?? text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim();
    case 'map':
      return parsed(text);
    case 'text':
      return text;
  }
}

/** A number that changes from one value to another over a time in ms. */
type Ramp = { readonly from: number; readonly to: number; readonly over: number };

export const isRamp = (value: unknown): value is Ramp =>
  typeof value === 'object' && value !== null && Object.keys(value).sort().join() === 'from,over,to';

/** The text for a value, the inverse of `valueIn`. */
export function textOf(value: unknown): string {
  if (isRamp(value)) return `${value.from}..${value.to}/${value.over}ms`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
