import type { Context } from 'hono';
import * as z from 'zod';
import { LONGEST_WAIT, MOST_REPORTS } from '../../config/report-limits.js';
import { ConfigError } from '../../errors.js';
import type { History } from '../../report/history.js';
import { DECISIONS } from '../../report/report-fields.js';
import type { ReportQuery } from '../../report/report-query.js';
import { reportSchema } from '../../report/report-schema.js';
import { DURATION, parseDuration } from '../../text/duration.js';
import { notOneOf } from '../../text/not-one-of.js';
import { quote } from '../../text/quote.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { jsonLines } from '../json-list.js';
import type { Route } from '../route.js';

/** Maximum requests held at once. */
const MOST_WAITING = 256;

/** The route of reports. */
export function reportsRoute({ history }: { readonly history: History }): Route {
  let waiting = 0;
  return {
    method: 'GET',
    path: '/reports',
    summary: 'Returns the last reports, newest first.',
    query: {
      id: 'Id of the report.',
      reason: 'Name of the reason.',
      client: 'HOST:PORT, or only the host.',
      proxy: 'Name of the proxy.',
      decision: DECISIONS.join(', '),
      fault: 'Name or id of a fault that acted.',
      healthCheck: 'true or false.',
      since: 'Id of a report, or a time with its zone: returns only later reports.',
      limit: 'Maximum reports returned; 100 by default.',
      wait: `Maximum time to hold the request until a report matches: ${DURATION}, up to 30s.`,
    },
    answers: { 200: z.array(reportSchema), 400: errorSchema, 503: errorSchema },
    handle: async (context) => {
      const query = readQuery(context);
      const wait = readWait(context.req.query('wait'));
      if (wait === 0) return jsonLines(history.find(query));
      if (waiting >= MOST_WAITING)
        throw new ApiError(503, `too many requests: ${MOST_WAITING} are already waiting for reports`);
      waiting += 1;
      try {
        return jsonLines(await history.wait(query, wait, context.req.raw.signal));
      } finally {
        waiting -= 1;
      }
    },
  };
}

function readQuery({ req }: Context): ReportQuery {
  const { limit, healthCheck } = req.query();
  const [id, reason, client, proxy, fault, since] = ['id', 'reason', 'client', 'proxy', 'fault', 'since'].map((key) =>
    req.query(key),
  );
  const decision = req.query('decision');
  const asked = { id, reason, client, proxy, fault, since, decision };
  if (decision !== undefined && !(DECISIONS as readonly string[]).includes(decision))
    throw new ApiError(400, `decision ${notOneOf(DECISIONS, decision)}`);
  if (healthCheck !== undefined && !['true', 'false'].includes(healthCheck))
    throw wrong('healthCheck', 'true or false', healthCheck);
  if (limit !== undefined && !(/^\d+$/.test(limit) && Number(limit) <= MOST_REPORTS)) {
    throw wrong('limit', `a whole number up to ${MOST_REPORTS}`, limit);
  }
  return {
    ...asked,
    healthCheck: healthCheck === undefined ? undefined : healthCheck === 'true',
    limit: limit === undefined ? undefined : Number(limit),
  };
}

/** Returns the time to wait, in ms. */
function readWait(wait: string | undefined): number {
  if (wait === undefined) return 0;
  try {
    const ms = parseDuration(wait);
    if (ms <= LONGEST_WAIT) return ms;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw wrong('wait', `${DURATION}, up to 30s`, wait);
}

const wrong = (key: string, rule: string, value: string): ApiError =>
  new ApiError(400, `${key} must be ${rule}, not ${quote(value)}`);
