import type { Faults } from '../../faults/proxy-faults.js';
import { badBody } from '../read-body.js';
import { Fields } from './fields.js';
import { requiredOf, type ToxiproxyProxies } from './proxies.js';
import { addToxic } from './toxics.js';

/** The entries of a populate. All are checked before the first is created. @throws ApiError 400 */
export function readEntries(body: unknown): readonly Fields[] {
  if (!Array.isArray(body) && body !== null) throw badBody('must be a list of proxies');
  const entries = ((body ?? []) as unknown[]).map((entry) => new Fields(entry));
  for (const [at, fields] of entries.entries()) requiredOf(fields, ` at proxy ${at + 1}`);
  return entries;
}

/**
 * Creates the proxies of a Toxiproxy config file, with their toxics, which Toxiproxy ignores there.
 *
 * @throws ApiError for the first that cannot be created
 */
export async function populateFromFile(body: unknown, all: ToxiproxyProxies, { list }: Faults): Promise<void> {
  for (const fields of readEntries(body)) {
    const { name } = await all.populate(fields);
    const toxics = fields.any('toxics') ?? [];
    if (!Array.isArray(toxics)) throw badBody(`toxics of proxy ${name} must be a list`);
    for (const toxic of toxics) addToxic(list, name, new Fields(toxic));
  }
}
