import { Hono } from 'hono';
import type { Running } from '../instance/proxies.js';

/** What the control API is told of the running instance. */
export type Status = {
  readonly proxies: readonly Running[];
};

/**
 * The control API: a function from request to response, tested without a port.
 *
 * @param status null until every listener is open
 */
export function controlApi(status: () => Status | null): Hono {
  const api = new Hono();
  api.get('/healthz', (context) => {
    const now = status();
    return now === null ? context.json({ status: 'starting' }, 503) : context.json({ status: 'ok', ...now });
  });
  api.notFound((context) => context.json({ error: `no such path: ${context.req.path}` }, 404));
  return api;
}
