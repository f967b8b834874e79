import { notesOf } from './attribute.js';
import { FAULT_EXAMPLES } from './examples.js';
import { FLAT_KEYS, flatKeysOf } from './fault.js';
import type { FaultType } from './fault-type.js';
import { kindOf } from './kind.js';
import { FAULT_TYPES } from './registry.js';
import { sharedKeysOf } from './shared-keys.js';
import { CONDITIONS, type Condition } from './when.js';

type JsonSchema = { readonly [keyword: string]: unknown };

/** JSON Schema keywords among the notes of an attribute. */
const KEYWORDS = [
  'type',
  'enum',
  'minimum',
  'maximum',
  'maxLength',
  'pattern',
  'default',
  'defaultIs',
  'description',
  'unit',
];

/** Attributes of these syntaxes refer to a shared definition. They differ in default, description and unit only. */
const SHARED: Readonly<Record<string, { readonly definition: string; readonly keywords: readonly string[] }>> = {
  DURATION: { definition: 'faultDuration', keywords: ['type', 'minimum'] },
  SIZE: { definition: 'faultSize', keywords: ['type', 'minimum'] },
  N: { definition: 'faultRamp', keywords: [] },
};

const amount = (description: string, ...examples: readonly string[]): JsonSchema => ({
  ...reference('faultRamp'),
  type: ['integer', 'string', 'object', 'null'],
  minimum: 0,
  description,
  examples,
});

/** The first or last value of a ramp. */
const end: JsonSchema = { type: ['integer', 'string'], minimum: 0 };

const conditions: JsonSchema = Object.fromEntries(
  Object.entries<Condition>(CONDITIONS).map(([key, { description, unit, examples, known }]) => [
    key,
    { type: ['string', 'integer', 'null'], description, ...(unit && { unit }), examples, knownFrom: known },
  ]),
);

const flatReference = (key: (typeof FLAT_KEYS)[number]): JsonSchema =>
  reference(key === 'times' ? 'faultTimes' : `faultWhen/properties/${key}`);

/** Flat keys that are something else for a type that has an attribute of the same name. Each type describes them itself. */
const AMBIGUOUS = FLAT_KEYS.filter((key) => FAULT_TYPES.some(({ attributes }) => Object.hasOwn(attributes, key)));

const flat: JsonSchema = Object.fromEntries(
  FLAT_KEYS.filter((key) => !AMBIGUOUS.includes(key)).map((key) => [key, flatReference(key)]),
);

/**
 * The JSON schema of a fault, as definitions that refer to each other by `#/$defs/NAME`; `fault` is the fault itself.
 * What all types share is defined once: a type adds its name, its description and its attributes. Forms that are made from it
 * also need `kind` of a type, `shared`, the shared keys that make a difference for it, `defaultIs` of an attribute, and
 * `knownFrom` of a condition.
 */
export function faultDefinitions(): { readonly [name: string]: JsonSchema; readonly fault: JsonSchema } {
  return {
    fault: {
      type: 'object',
      required: ['type'],
      properties: {
        type: { description: 'The fault type.' },
        name: {
          type: ['string', 'null'],
          description: 'Unique among the faults of its proxy. Default: TYPE_STREAM.',
        },
        proxy: { type: ['string', 'null'], description: 'The name of the proxy.' },
        stream: {
          enum: ['upstream', 'downstream', null],
          default: 'downstream',
          description: 'The direction: downstream is to the client, upstream to the broker.',
        },
        toxicity: {
          type: ['number', 'string', 'null'],
          minimum: 0,
          maximum: 1,
          default: 1,
          description: 'The probability that the fault acts on a connection.',
        },
        attributes: {
          type: ['object', 'null'],
          description: 'The attributes of its type. Conditions and times are accepted here too.',
          properties: flat,
        },
        when: reference('faultWhen'),
        times: reference('faultTimes'),
      },
      additionalProperties: false,
      examples: FAULT_EXAMPLES,
      oneOf: FAULT_TYPES.map((type) => branchOf(type as FaultType)),
    },
    faultWhen: {
      type: ['object', 'null'],
      description: 'Conditions. The fault acts if all of them hold.',
      properties: conditions,
      additionalProperties: false,
    },
    faultTimes: {
      type: ['integer', 'string', 'null'],
      minimum: 1,
      description: 'The number of connections on which the fault acts, after which it is spent. Default: no limit.',
    },
    faultDuration: amount(
      'A number in the given unit, a duration such as 2s, or a ramp such as 0..2s/60s.',
      '500ms',
      '2s',
      '1m',
      '0..2s/60s',
    ),
    faultSize: amount('A number of bytes, a size such as 64KiB, or a ramp such as 0..64KiB/60s.', '512', '64KiB'),
    faultRamp: {
      description: 'A number, or a ramp such as 0..100/60s: from 0 to 100 over 60 s.',
      properties: { from: end, to: end, over: { type: ['integer', 'string'], minimum: 1 } },
      required: ['from', 'to', 'over'],
      additionalProperties: false,
    },
  };
}

/** The schema parts that distinguish a type from the others. */
function branchOf(type: FaultType): JsonSchema {
  const { name, description, attributes } = type;
  const own = Object.fromEntries(
    Object.entries(attributes).map(([key, schema]) => [key, attributeSchema(notesOf(schema))]),
  );
  const keys = flatKeysOf(type);
  const clear = keys.filter((key) => !AMBIGUOUS.includes(key)).join('|');
  const ambiguous = keys.filter((key) => AMBIGUOUS.includes(key)).map((key) => [`^${key}$`, flatReference(key)]);
  return {
    title: name,
    description,
    kind: kindOf(type),
    shared: sharedKeysOf(type),
    properties: {
      type: { const: name },
      // Conditions and `times` are also accepted among the attributes.
      attributes: {
        properties: own,
        patternProperties: { [`^(${clear})$`]: true, ...Object.fromEntries(ambiguous) },
        additionalProperties: false,
      },
    },
  };
}

function attributeSchema(notes: ReturnType<typeof notesOf>): JsonSchema {
  const shared = SHARED[notes.syntax];
  const kept = KEYWORDS.filter((keyword) => keyword in notes && !shared?.keywords.includes(keyword));
  const schema = Object.fromEntries(kept.map((keyword) => [keyword, notes[keyword]]));
  if (shared === undefined) return orNull(schema);
  // A type of its own allows what the shared definition describes: a map.
  const { type } = schema;
  return { ...reference(shared.definition), ...schema, ...(type ? { type: [type, 'object', 'null'].flat() } : {}) };
}

/** An attribute that is null has its default. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: words } = schema;
  if (Array.isArray(words)) return { ...schema, enum: [...words, null] };
  return type === undefined ? schema : { ...schema, type: [type, 'null'].flat() };
}

function reference(path: string): JsonSchema {
  return { $ref: `#/$defs/${path}` };
}
