import { notesOf } from './attribute.js';
import { FAULT_TYPES } from './registry.js';
import { CONDITIONS } from './when.js';

type JsonSchema = { readonly [keyword: string]: unknown };

/** Keywords of JSON Schema among the notes of an attribute. */
const KEYWORDS = ['type', 'enum', 'minimum', 'maximum', 'maxLength', 'pattern', 'default', 'description', 'unit'];

/** Conditions may also stand among the attributes. */
const times: JsonSchema = {
  type: ['integer', 'string', 'null'],
  minimum: 1,
  description: 'Connections on which it acts, then it is spent.',
};

/** The JSON schema of a fault, for editors and for the API: one alternative for each type. */
export function faultJsonSchema(): JsonSchema {
  return { oneOf: FAULT_TYPES.map((type) => schemaOf(type)) };
}

function schemaOf({ name, description, attributes }: (typeof FAULT_TYPES)[number]): JsonSchema {
  const conditions = Object.fromEntries(
    Object.entries(CONDITIONS).map(([key, { description }]) => [
      key,
      { type: ['string', 'integer', 'null'], description },
    ]),
  );
  const own = Object.fromEntries(
    Object.entries(attributes).map(([key, schema]) => {
      const notes = notesOf(schema);
      const keywords = Object.entries(notes).filter(([keyword]) => KEYWORDS.includes(keyword));
      return [key, orNull(Object.fromEntries(keywords))];
    }),
  );
  return {
    title: name,
    description,
    type: 'object',
    required: ['type'],
    additionalProperties: false,
    properties: {
      type: { const: name },
      name: { type: ['string', 'null'], description: 'Told apart by it at its proxy; TYPE_STREAM if none is given.' },
      proxy: { type: ['string', 'null'], description: 'The name of the proxy.' },
      stream: { enum: ['upstream', 'downstream', null], default: 'downstream' },
      toxicity: {
        type: ['number', 'string', 'null'],
        minimum: 0,
        maximum: 1,
        default: 1,
        description: 'The chance that it acts on a connection.',
      },
      attributes: { ...closed({ ...own, ...conditions, times }), type: ['object', 'null'] },
      when: { ...closed(conditions), type: ['object', 'null'] },
      times,
    },
  };
}

function closed(properties: JsonSchema): JsonSchema {
  return { additionalProperties: false, properties };
}

/** What is null has its default. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: words } = schema;
  if (Array.isArray(words)) return { ...schema, enum: [...words, null] };
  return type === undefined ? schema : { ...schema, type: [type, 'null'].flat() };
}
