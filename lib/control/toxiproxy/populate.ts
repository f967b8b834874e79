import type { Faults } from '../../faults/proxy-faults.js';
import { badBody } from '../read-body.js';
import { Fields } from './fields.js';
import type { ToxiproxyProxies } from './proxies.js';
import { complete, decodeProxy, type NewProxy } from './proxy-input.js';
import { addToxic } from './toxics.js';

/** Parses the entries of a populate. All are checked before the first proxy is created. @throws ApiError 400 */
export function readEntries(body: unknown): readonly NewProxy[] {
  return listOf(body)
    .map(decodeProxy)
    .map((input, at) => complete(input, ` at proxy ${at + 1}`));
}

/**
 * Creates the proxies of a Toxiproxy config file with their toxics, which Toxiproxy itself ignores there.
 *
 * @throws ApiError for the first proxy that cannot be created
 */
export async function populateFromFile(body: unknown, all: ToxiproxyProxies, { list }: Faults): Promise<void> {
  const toxics = listOf(body).map(toxicsOf);
  let at = 0;
  for await (const { name } of all.populate(readEntries(body))) {
    for (const toxic of toxics[at] ?? []) addToxic(list, name, toxic);
    at += 1;
  }
}

function listOf(body: unknown): readonly unknown[] {
  if (!Array.isArray(body) && body !== null) throw badBody('must be a list of proxies');
  return body ?? [];
}

function toxicsOf(entry: unknown, at: number): readonly Fields[] {
  const toxics = new Fields(entry).any('toxics') ?? [];
  if (!Array.isArray(toxics)) throw badBody(`toxics must be a list at proxy ${at + 1}`);
  return toxics.map((toxic) => new Fields(toxic));
}
