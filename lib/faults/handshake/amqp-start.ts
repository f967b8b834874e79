import { encodeMethodFrame } from '../../amqp/connection-methods.js';
import type { Field, FieldTable } from '../../amqp/field-table.js';
import { fieldTable } from '../../amqp/plain-field.js';
import { attribute, integer, type Json, size, text } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { map } from '../field-table-attribute.js';
import { paddedStart } from './padded-start.js';

/** The largest server properties, in octets. */
const LARGEST = 16 * 1024 ** 2;

const unchanged = { default: null, defaultIs: "the broker's" } as const;

/** Rewrites the broker's Connection.Start. */
export const amqpStart = handshakeFault({
  name: 'amqp_start',
  description: "Rewrites the broker's Connection.Start.",
  attributes: {
    version_major: attribute(integer(0, 255), { ...unchanged, description: 'Major protocol version.' }),
    version_minor: attribute(integer(0, 255), { ...unchanged, description: 'Minor protocol version.' }),
    mechanisms: attribute(text(1000), { ...unchanged, description: 'SASL mechanisms, separated by spaces.' }),
    locales: attribute(text(1000), { ...unchanged, description: 'Locales, separated by spaces.' }),
    server_properties: attribute(map(), {
      ...unchanged,
      description:
        "Merged into the broker's properties, including nested maps; null removes a property. In YAML, write it as the text of a JSON object.",
    }),
    size: attribute(size(LARGEST), {
      default: null,
      defaultIs: 'as needed',
      description:
        'Size of the server properties, at most 16MiB: a long string makes them that large. The frame is larger than AMQP allows before Tune-Ok.',
    }),
    nesting: attribute(integer(1, 100_000, 'levels'), {
      default: null,
      defaultIs: 'none',
      description: 'How many tables are nested in each other in an additional server property.',
    }),
  },
  at: () => ({ moment: 'start', place: 'before', delay: 0 }),
  applies: ({ isWhole }) => isWhole,
  act: (attributes) => (actions) => {
    const { method } = actions.trigger;
    if (method?.name !== 'connection.start') return;
    const start = {
      name: 'connection.start',
      versionMajor: attributes.version_major ?? method.versionMajor,
      versionMinor: attributes.version_minor ?? method.versionMinor,
      serverProperties: merge(method.serverProperties, attributes.server_properties ?? {}),
      mechanisms: attributes.mechanisms ?? method.mechanisms,
      locales: attributes.locales ?? method.locales,
    } as const;
    const { size, nesting } = attributes;
    const octets = encodeMethodFrame(start);
    // What is added is for the client only: nothing here decodes it.
    if (size === null && nesting === null) actions.rewrite(octets);
    else actions.rewrite(paddedStart(octets, { size, nesting }), start);
  },
});

function merge(table: FieldTable, changes: { readonly [name: string]: Json }): FieldTable {
  const merged = new Map<string, Field>(table);
  for (const [name, value] of Object.entries(changes)) {
    const field = merged.get(name);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (value === null) merged.delete(name);
    else if (isMap && field?.type === 'F')
      merged.set(name, { type: 'F', value: merge(field.value, value as typeof changes) });
    else merged.set(name, fieldTable({ [name]: value }).get(name) as Field);
  }
  return merged;
}
