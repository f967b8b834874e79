import * as z from 'zod';
import { openConnectionSchema } from '../../report/report-schema.js';
import { STAGE_DOCS } from '../../report/stage-docs.js';
import type { Proxies } from '../../running/proxies.js';
import { notOneOf } from '../../text/not-one-of.js';
import { quote } from '../../text/quote.js';
import { nothing } from '../answers.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { jsonList } from '../json-list.js';
import type { Route } from '../route.js';

const STAGES: readonly string[] = Object.keys(STAGE_DOCS);
const CLOSES = { rst: 'rst', fin: 'fin', '320': 320 } as const;

/** The routes of open connections. */
export function connectionRoutes({ proxies }: { readonly proxies: Proxies }): Route[] {
  return [
    {
      method: 'GET',
      path: '/connections',
      summary: 'Returns the open connections: those of a proxy oldest first.',
      query: {
        proxy: 'Only those of this proxy.',
        stage: `Only those at this stage: ${STAGES.join(', ')}.`,
        limit: 'Maximum connections returned; all by default.',
      },
      answers: { 200: z.array(openConnectionSchema), 400: errorSchema },
      handle: (context) => {
        const { proxy, stage, limit } = context.req.query();
        if (stage !== undefined && !STAGES.includes(stage)) throw new ApiError(400, `stage ${notOneOf(STAGES, stage)}`);
        if (limit !== undefined && !/^\d+$/.test(limit))
          throw new ApiError(400, `limit must be a whole number, not ${quote(limit)}`);
        const open = proxies.openConnections(
          (each) => (proxy === undefined || each.proxy === proxy) && (stage === undefined || each.stage === stage),
          limit === undefined ? Number.POSITIVE_INFINITY : Number(limit),
        );
        return jsonList(open);
      },
    },
    {
      method: 'DELETE',
      path: '/connections/{id}',
      summary: 'Ends a connection.',
      query: { close: 'How the client sees the end: rst (default), fin, or 320, an AMQP Close.' },
      answers: { 204: null, 400: errorSchema, 404: errorSchema },
      handle: (context) => {
        const close = context.req.query('close') ?? 'rst';
        if (!Object.hasOwn(CLOSES, close)) {
          throw new ApiError(400, `close ${notOneOf(['rst', 'fin', '320'], close)}`);
        }
        if (!proxies.end(context.req.param('id') ?? '', CLOSES[close as keyof typeof CLOSES])) {
          throw new ApiError(404, 'connection not found');
        }
        return nothing();
      },
    },
  ];
}
