import * as z from 'zod';
import type { OpenConnection, Report } from '../report/report.js';

/** What a proxy can do with a connection. */
export const DECISIONS = ['forward', 'refuse', 'fault', 'none'] as const;

const nullableText = z.string().nullable();
const ms = z.number().nullable();
const close = z.enum(['fin', 'rst']).nullable();
const hit = z.object({ id: z.string(), name: z.string(), type: z.string(), at: z.string() });
const handshake = z.record(z.string(), z.unknown()).nullable();
const octets = z.object({ received: z.int(), sent: z.int() });

const identity = {
  id: z.string(),
  proxy: z.string(),
  at: z.iso.datetime().meta({ description: 'The moment of accept.' }),
  client: nullableText,
  via: nullableText,
  listen: z.string(),
  upstream: nullableText,
  stage: z.string(),
  octets,
  handshake,
};

/** A connection that has not ended. */
export const openConnectionSchema = z
  .strictObject({ ...identity, upstreamOctets: octets.nullable() })
  .meta({ id: 'Connection' });

/** The one record of a connection that has ended. */
export const reportSchema = z
  .strictObject({
    ...identity,
    durationMs: z.number(),
    decision: z.enum(DECISIONS),
    dialect: z.string(),
    reason: z.object({
      name: z.string(),
      term: nullableText,
      severity: z.enum(['info', 'warning', 'error']),
      loggedAs: z.string(),
      inferred: z.boolean(),
      sentence: z.string(),
    }),
    looksLike: z.object({ what: z.string(), detail: z.string(), confidence: z.enum(['certain', 'likely']) }).nullable(),
    healthCheck: z.boolean(),
    header: z.object({ hex: z.string(), text: z.string() }),
    ended: z.object({
      by: z.enum(['client', 'upstream', 'proxy']),
      clientSent: close,
      clientSaw: close,
      upstreamSent: close,
      upstreamSaw: close,
    }),
    timing: z.object({ headerMs: ms, upstreamConnectMs: ms, startMs: ms, tuneMs: ms, openMs: ms }),
    connectionClose: z
      .object({
        by: z.enum(['client', 'upstream', 'proxy']),
        code: z.int().nullable(),
        name: nullableText,
        text: z.string(),
      })
      .nullable(),
    fault: hit.nullable(),
    faults: z.array(hit),
    explained: z.array(z.string()),
    destination: nullableText,
    tls: z
      .object({ version: nullableText, servername: nullableText, alpn: z.array(z.string()), terminated: z.boolean() })
      .nullable(),
    unreadable: z.enum(['client', 'upstream']).nullable(),
  })
  .meta({ id: 'Report' });

/** A report, or a connection, has no key that its schema does not have, and lacks none. */
export type Described = [
  Exclude<keyof Report, keyof z.output<typeof reportSchema>>,
  Exclude<keyof z.output<typeof reportSchema>, keyof Report>,
  Exclude<keyof OpenConnection, keyof z.output<typeof openConnectionSchema>>,
] extends [never, never, never]
  ? true
  : never;
true satisfies Described;
