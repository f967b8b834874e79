import * as z from 'zod';
import type { OpenConnection } from './report.js';
import type { AnyDoc } from './report-field.js';
import { REPORT_FIELDS } from './report-fields.js';

type Fields = typeof REPORT_FIELDS;
type Shape<Key extends keyof Fields> = { [K in Key]: Fields[K]['schema'] };

/** The schemas of these keys, with their docs as descriptions. */
function shapeOf<Key extends keyof Fields>(keys: readonly Key[]): Shape<Key> {
  return Object.fromEntries(
    keys.map((key) => [key, described(REPORT_FIELDS[key].schema, REPORT_FIELDS[key].doc)]),
  ) as Shape<Key>;
}

function described(schema: z.ZodType, { text, unit, ifNull, keys }: AnyDoc): z.ZodType {
  const sentences = [text, unit && `In ${unit}.`, ifNull && `Null: ${ifNull}.`];
  const description = sentences.filter(Boolean).join(' ');
  return (keys === undefined ? schema : withDescribedKeys(schema, keys)).meta({ description });
}

function withDescribedKeys(schema: z.ZodType, keys: NonNullable<AnyDoc['keys']>): z.ZodType {
  if (schema instanceof z.ZodNullable) return withDescribedKeys(schema.unwrap() as z.ZodType, keys).nullable();
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape = Object.entries(schema.shape as Record<string, z.ZodType>);
  return z.object(Object.fromEntries(shape.map(([key, own]) => [key, described(own, keys[key] as AnyDoc)])));
}

/** The one record of a connection that has ended. */
export const reportSchema = z
  .strictObject(shapeOf(Object.keys(REPORT_FIELDS) as (keyof Fields)[]))
  .meta({ id: 'Report' });

/** The keys of a report that are known while the connection is open. */
const OPEN = ['id', 'proxy', 'at', 'client', 'via', 'listen', 'upstream', 'stage', 'octets', 'handshake'] as const;

/** A connection that has not ended. */
export const openConnectionSchema = z
  .strictObject({
    ...shapeOf(OPEN),
    upstreamOctets: REPORT_FIELDS.octets.schema
      .nullable()
      .meta({ description: 'Traffic with the upstream. Null: nothing was dialed.' }),
  })
  .meta({ id: 'Connection' }) satisfies z.ZodType<OpenConnection>;

true satisfies Exclude<keyof OpenConnection, keyof z.output<typeof openConnectionSchema>> extends never ? true : never;
