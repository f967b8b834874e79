import { openApi } from '../../../lib/control/openapi.js';
import {
  type FaultTypeModel,
  faultModelOf,
  fieldsOf,
  type OpenApi,
} from '../../../lib/dashboard/faults/fault-model.js';
import type { Field } from '../../../lib/dashboard/faults/field.js';

/** The model of the served OpenAPI description. */
export const model = faultModelOf(openApi([]) as OpenApi);

export function modelOf(name: string): FaultTypeModel {
  const type = model.types.find((each) => each.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

export function fieldAt(name: string, path: string): Field {
  const field = fieldsOf(modelOf(name)).find((each) => each.path === path);
  if (field === undefined) throw new Error(`no field ${path}`);
  return field;
}

/** A valid text for a field that is not its default. */
export function sampleOf({ kind, options, fallback, examples, path }: Field): string {
  switch (kind) {
    case 'choice':
      return String(options.findLast((option) => option !== fallback));
    case 'boolean':
      return fallback === true ? 'false' : 'true';
    case 'number':
      return path === 'toxicity' || path === 'attributes.share' ? '0.5' : (examples[0] ?? '3');
    case 'map':
      return '{"capabilities":{"basic.nack":null},"cluster_name":"it\'s a test"}';
    case 'text':
      return path === 'name' ? 'my fault' : (examples[0] ?? '0a ff');
  }
}
