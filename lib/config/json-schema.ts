import * as z from 'zod';
import { faultDefinitions } from '../faults/json-schema.js';
import { fileSchema } from './schema.js';
import { sections } from './shorthand.js';

/** The JSON schema of a config file, for editors; with `unit`, `source` and `flag` as notes. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = convert(fileSchema);
  const title = 'Configuration of rabbit-snare';
  const $defs = faultDefinitions() as Record<string, z.core.JSONSchema.BaseSchema>;
  return { ...($schema === undefined ? {} : { $schema }), title, ...schema, $defs };
}

function convert(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // That the program cannot change a value does not make it read-only in an editor.
      delete jsonSchema.readOnly;
      // Inside, a default is text like every value; in a JSON file it is a number or a boolean.
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
