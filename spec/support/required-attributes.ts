import { notesOf } from '../../lib/faults/attribute.js';
import type { AttributeShape } from '../../lib/faults/fault-type.js';

/**
 * The required attributes of a fault type, also those that are required without another one, each with its first allowed value: valid
 * for each type.
 */
export function requiredAttributes(attributes: AttributeShape): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, schema]) => {
      const { defaultIs, enum: words, minimum } = notesOf(schema);
      return defaultIs?.startsWith('required') ? [[key, Array.isArray(words) ? words[0] : minimum]] : [];
    }),
  );
}
