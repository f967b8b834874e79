import * as z from 'zod';
import type { Limits } from '../../report/limits.js';
import type { Outputs } from '../../report/outputs.js';
import type { Running } from '../../running/proxy-state.js';
import { learnedSchema } from '../learned-schema.js';
import type { Route } from '../route.js';

/** The state of the running instance. */
export type Status = { readonly proxies: readonly Running[]; readonly outputs: Outputs; readonly limits: Limits };

const output = z.object({
  failing: z.string().nullable().describe("the operating system's error code, such as ENOSPC; null: it works"),
  lost: z.number().int().describe('lines that were dropped since the start'),
});
export const outputs = z.object({ log: output, reports: output.nullable() });
export const limits = z.object({
  connections: z.object({
    open: z.number().int().describe('open connections of all proxies'),
    max: z.number().int().nullable().describe('how many the open file limit allows; null: no limit is known'),
    openFiles: z.number().int().nullable().describe('files and sockets that the process may open'),
  }),
  memory: z.object({
    used: z.number().int().describe('bytes, without pages of files, and with what the kernel needs for connections'),
    limit: z.number().int().nullable().describe('bytes: memoryLimit, or that of the container; null: no limit'),
    refusing: z.boolean().describe('whether new connections are refused because too much memory is used'),
  }),
});
const running = z.object({ name: z.string(), listen: z.string(), upstream: z.string(), learned: learnedSchema });

/** The route of the health check. @param status returns null until every listener is open */
export function healthRoute(status: () => Status | null): Route {
  return {
    method: 'GET',
    path: '/healthz',
    summary: 'Returns 200 once every listener is open, with what was learned about each broker.',
    answers: {
      200: z.object({ status: z.literal('ok'), proxies: z.array(running), outputs, limits }),
      503: z.object({ status: z.literal('starting') }),
    },
    handle: (context) => {
      const now = status();
      return now === null ? context.json({ status: 'starting' }, 503) : context.json({ status: 'ok', ...now });
    },
  };
}
