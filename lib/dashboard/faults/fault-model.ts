import { type Field, fieldOf, type Schema } from './field.js';

/** A fault type with the fields of its form. */
export type FaultTypeModel = {
  readonly name: string;
  readonly description: string;
  /** The title of its group. */
  readonly kind: string;
  readonly attributes: readonly Field[];
  /** The keys that all types share, without those that make no difference for this type. */
  readonly shared: readonly Field[];
};

/** What the fault form knows, read from the served schema. */
export type FaultModel = {
  readonly types: readonly FaultTypeModel[];
  /** Faults to start from. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
};

/** The part of the OpenAPI description that the form reads. */
export type OpenApi = { readonly components: { readonly schemas: { readonly [name: string]: Schema } } };

/**
 * Reads the fault types from the OpenAPI description of the control API. The page names no type and no attribute, so a type that
 * is added to the server appears in the form.
 */
export function faultModelOf({ components: { schemas } }: OpenApi): FaultModel {
  const { FaultInput: fault = {} } = schemas;
  const target = ({ $ref = '' }: Schema): Schema =>
    $ref
      .split('/')
      .slice(3)
      .reduce<Schema | undefined>(
        (found, step) => (found as Record<string, Schema> | undefined)?.[step],
        schemas as Schema,
      ) ?? {};
  const field = (path: string, schema: Schema): Field => fieldOf(path, schema, target(schema));
  const { stream = {}, toxicity = {}, times = {}, when = {}, name = {} } = fault.properties ?? {};
  const shared: readonly Field[] = [
    field('name', name),
    field('stream', stream),
    field('toxicity', toxicity),
    field('times', times),
    ...Object.entries(target(when).properties ?? {}).map(([key, schema]) => field(`when.${key}`, schema)),
  ];
  const types = (fault.oneOf ?? []).map(({ title = '', description = '', kind = '', shared: keys, properties }) => ({
    name: title,
    description,
    kind,
    attributes: Object.entries(properties?.['attributes']?.properties ?? {}).map(([key, schema]) =>
      field(`attributes.${key}`, schema),
    ),
    shared: shared.filter(({ key }) => key === 'name' || keys === undefined || keys.includes(key)),
  }));
  return { types, examples: (fault.examples ?? []) as FaultModel['examples'] };
}

/** The fields of a type, in the order of the form. */
export const fieldsOf = ({ attributes, shared }: FaultTypeModel): readonly Field[] => [...attributes, ...shared];

/** The types whose name, description or attributes contain every word. */
export function matching(types: readonly FaultTypeModel[], words: string): readonly FaultTypeModel[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return types.filter(({ name, description, kind, attributes }) => {
    const text = [name, description, kind, ...attributes.map(({ key }) => key)].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
