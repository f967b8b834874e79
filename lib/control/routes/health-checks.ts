import * as z from 'zod';
import type { ReasonName } from '../../amqp/reason.js';
import { type HealthCheckRow, healthCheckRows } from '../../health-check/health-check-row.js';
import type { InvisibleChecks } from '../../health-check/invisible-checks.js';
import type { Sources } from '../../health-check/sources.js';
import { type HealthCheckStyle, STYLE_DOCS } from '../../health-check/style.js';
import { REASON_DOCS } from '../../report/reason-docs.js';
import { notOneOf } from '../../text/not-one-of.js';
import { quote } from '../../text/quote.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import type { Route } from '../route.js';

/** Checks that one response has: by default, and at most. */
const [LIMIT, MOST] = [1000, 10_000];
const STYLES = Object.keys(STYLE_DOCS) as HealthCheckStyle[];

const volume = {
  entries: z.int().meta({ description: 'Entries about one connection.' }),
  entriesPerDay: z.int().nullable().meta({ description: 'Null: no period is known.' }),
  linesPerDay: z.int().nullable().meta({ description: 'Null: no period is known.' }),
};

/** A check of a source. */
const row = z
  .strictObject({
    source: z.string().nullable().meta({
      description: 'IP address. Null: clients that reset the connection before it was accepted.',
    }),
    proxy: z.string(),
    style: z.enum(STYLES).meta({ description: 'What each connection did.' }),
    guess: z
      .strictObject({
        what: z.string().meta({ description: 'A short name, such as `haproxy_amqp_check`.' }),
        detail: z.string().meta({ description: 'The same in words.' }),
        confidence: z.enum(['certain', 'likely', 'possible']),
        advice: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'What probably makes these connections. Null: nothing known does.' }),
    periodMs: z
      .int()
      .nullable()
      .meta({ description: 'Median gap between two connections. Null: they are not periodic.' }),
    jitterMs: z
      .int()
      .nullable()
      .meta({ description: 'Median distance of the gaps from the period. Null: they are not periodic.' }),
    count: z.int().meta({ description: 'Number of connections.' }),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
    established: z
      .boolean()
      .meta({ description: 'Whether five or more connections in a row have kept the style and the period.' }),
    broker: z
      .strictObject({
        reason: z.enum(Object.keys(REASON_DOCS) as ReasonName[]).nullable(),
        level: z
          .enum(['debug', 'info', 'notice', 'warning', 'error'])
          .nullable()
          .meta({ description: 'Level of the entry about the end of a connection. Null: there is none.' }),
        ...volume,
        debug: z.strictObject(volume).meta({ description: 'The same with the log level debug.' }),
      })
      .meta({ description: 'What a broker with the default log level, info, logs about these connections.' }),
    advice: z.string().meta({ description: 'One sentence with the line to change.' }),
  })
  .meta({ id: 'HealthCheck' }) satisfies z.ZodType<HealthCheckRow>;

/** Checks that never complete the TCP handshake. */
const invisible = z
  .strictObject({
    available: z.boolean().meta({ description: 'Whether they are counted.' }),
    why: z.string().nullable().meta({ description: 'Why they are not counted. Null: they are.' }),
    count: z.int().meta({ description: 'Connections since the start.' }),
    periodMs: z.int().nullable().meta({ description: 'Mean gap between the latest ones. Null: too few were counted.' }),
    since: z.iso.datetime().nullable().meta({ description: 'When counting began.' }),
    firstSeen: z.iso.datetime().nullable(),
    lastSeen: z.iso.datetime().nullable(),
    note: z.string().meta({ description: 'What the number does not tell.' }),
  })
  .meta({ id: 'InvisibleChecks' }) satisfies z.ZodType<InvisibleChecks>;

const answer = z
  .strictObject({
    sources: z.array(row),
    invisible,
    total: z.int().meta({ description: 'Checks that match, including those beyond the limit.' }),
    dropped: z.int().meta({ description: 'Sources that were forgotten because there were too many.' }),
  })
  .meta({ id: 'HealthChecks' });

/** The answer of `GET /health-checks`. */
export type HealthChecks = z.output<typeof answer>;

/**
 * The route of health checks.
 *
 * @param sources null: they are not remembered
 * @param invisible returns the checks that never complete the TCP handshake
 */
export function healthChecksRoute({
  sources,
  invisible: invisibleNow,
}: {
  readonly sources: Sources | null;
  readonly invisible: () => InvisibleChecks;
}): Route {
  return {
    method: 'GET',
    path: '/health-checks',
    summary: 'Returns the health checks of each source, with those first that add most to the log of the broker.',
    query: {
      source: 'Only those from this IP address.',
      proxy: 'Only those of this proxy.',
      style: `Only those of this style: ${STYLES.join(', ')}.`,
      limit: `Maximum checks returned; ${LIMIT} by default.`,
    },
    answers: { 200: answer, 400: errorSchema },
    handle: (context) => {
      const { source, proxy, style, limit } = context.req.query();
      if (style !== undefined && !STYLES.some((each) => each === style))
        throw new ApiError(400, `style ${notOneOf(STYLES, style)}`);
      if (limit !== undefined && !(/^\d+$/.test(limit) && Number(limit) <= MOST))
        throw new ApiError(400, `limit must be a whole number up to ${MOST}, not ${quote(limit)}`);
      const query = { source, proxy, style };
      const { rows, total } = healthCheckRows(
        sources?.checks ?? [],
        query,
        limit === undefined ? LIMIT : Number(limit),
      );
      return context.json({ sources: rows, invisible: invisibleNow(), total, dropped: sources?.dropped ?? 0 });
    },
  };
}
