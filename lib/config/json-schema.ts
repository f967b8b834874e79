import * as z from 'zod';
import { faultDefinitions } from '../faults/json-schema.js';
import { HEALTH_CHECK_RULE } from './health-checks-kind.js';
import { fileSchema } from './schema.js';
import { sections } from './shorthand.js';

/** The JSON schema of a config file, for editors. Keys also have `unit`, `source` and `flag`. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = convert(fileSchema);
  const title = 'Configuration of rabbit-snare';
  const $defs = { ...faultDefinitions(), healthCheckRule: HEALTH_CHECK_RULE } as unknown as Record<
    string,
    z.core.JSONSchema.BaseSchema
  >;
  return { ...($schema === undefined ? {} : { $schema }), title, ...schema, $defs };
}

function convert(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Zod's readonly is about the program; users can edit the value.
      delete jsonSchema.readOnly;
      // The schema's default is text, like every value. In a JSON file it is a number or a boolean.
      const { default: value } = z.globalRegistry.get(zodSchema) ?? {};
      if (value !== undefined) jsonSchema.default = value as z.core.JSONSchema.BaseSchema['default'];
      const stands = sections.get(zodSchema);
      if (stands === undefined) return;
      const { $schema: _, ...section } = convert(stands.section);
      const other =
        stands.key === undefined
          ? ({ type: 'null' } as const)
          : ({ type: 'string', description: `Short for {${stands.key}: …}.` } as const);
      jsonSchema.anyOf = [section, other];
    },
  });
}
