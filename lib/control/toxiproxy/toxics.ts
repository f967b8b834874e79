import { ConfigError } from '../../errors.js';
import { faultId } from '../../faults/fault.js';
import type { FaultList } from '../../faults/fault-list.js';
import type { LiveFault } from '../../faults/live-fault.js';
import { parseFault } from '../../faults/parse-fault.js';
import { faultType } from '../../faults/registry.js';
import { ApiError } from '../api-error.js';
import { badBody } from '../read-body.js';
import type { Fields } from './fields.js';
import { rememberStream } from './views.js';

/** Parses faults as Toxiproxy does: unknown attributes are dropped. */
const OPTIONS = { asToxiproxy: true } as const;

/** Returns a toxic by its name. @throws ApiError 404 */
export function findToxic(list: FaultList, proxy: string, name: string): LiveFault {
  const live = list.get(faultId({ proxy, name }));
  if (!live) throw new ApiError(404, 'toxic not found');
  return live;
}

/** Adds a fault of any type, active on return. @throws ApiError 400, 409, in the order of Toxiproxy's checks */
export function addToxic(list: FaultList, proxy: string, fields: Fields): LiveFault {
  const stream = fields.text('stream') ?? 'downstream';
  if (!['upstream', 'downstream'].includes(stream.toLowerCase())) {
    throw new ApiError(400, 'stream was invalid, can be either upstream or downstream');
  }
  const type = faultType(fields.text('type') ?? '');
  if (!type) throw new ApiError(400, 'invalid toxic type');
  const name = fields.text('name') || `${type.name}_${stream}`;
  if (list.get(faultId({ proxy, name }))) throw new ApiError(409, 'toxic already exists');
  const given = { name, type: type.name, proxy, stream: stream.toLowerCase(), ...changeOf(fields) };
  const [live] = checked(() => list.add([parseFault(given, OPTIONS)])) as [LiveFault];
  rememberStream(live, stream);
  return live;
}

/** Changes a toxic. Keys that are left out keep their values. @throws ApiError 400; then nothing has changed */
export function changeToxic(list: FaultList, live: LiveFault, fields: Fields): LiveFault {
  checked(() => list.change(live.id, changeOf(fields), OPTIONS));
  return live;
}

function changeOf(fields: Fields): object {
  const attributes = fields.map('attributes');
  const given = {
    toxicity: fields.number('toxicity'),
    attributes: attributes && givenOf(attributes),
    when: fields.map('when'),
    times: fields.any('times'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Attribute names are case-insensitive too, and null counts as absent. */
function givenOf(attributes: { readonly [name: string]: unknown }): object {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === null ? [] : [[key.toLowerCase(), value]])),
  );
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw badBody(error.problems.join('; '), error);
    throw error;
  }
}
