import { notesOf } from '../../lib/faults/attribute.js';
import type { AttributeShape } from '../../lib/faults/fault-type.js';

/** The required attributes of a fault type, each with its first allowed value: the minimum for a valid fault. */
export function requiredAttributes(attributes: AttributeShape): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, schema]) => {
      const { defaultIs, enum: words } = notesOf(schema);
      return defaultIs === 'required' && Array.isArray(words) ? [[key, words[0]]] : [];
    }),
  );
}
