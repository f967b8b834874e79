import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { ConfigError } from '../errors.js';
import { plainProblem, problem } from './answers.js';
import { ApiError } from './api-error.js';
import type { Guard } from './guard.js';
import { openApi } from './openapi.js';
import { cleanPath, requestedPath } from './requested-path.js';
import { byPath, type Route } from './route.js';

/** 1 MiB */
const LARGEST_BODY = 1_048_576;

/**
 * The control API: a function from request to response, tested without a port.
 *
 * @param guard called before any route; may reject the request
 * @param failed called for internal errors, whose response is a 500
 */
export function controlApi(
  routes: readonly Route[],
  {
    guard = () => undefined,
    failed = () => {},
  }: { readonly guard?: Guard; readonly failed?: (error: Error) => void } = {},
): Hono {
  const api = new Hono();
  const described: Route[] = [...routes];
  let description: object | undefined;
  described.push({
    method: 'GET',
    path: '/openapi.json',
    summary: 'Returns this OpenAPI description.',
    answers: { 200: 'application/json' },
    handle: (context) => {
      description ??= openApi(described);
      return context.json(description);
    },
  });
  // The guard comes first, so that nothing is read from a client that is not allowed in.
  api.use(async ({ req }, next) => {
    const refused = guard(req);
    return refused ? withId(refused) : next();
  });
  api.use(async (context, next) => {
    const clean = cleanPath(requestedPath(context));
    return clean === null ? next() : new Response(null, { status: 301, headers: { Location: clean } });
  });
  const limited = bodyLimit({
    maxSize: LARGEST_BODY,
    onError: () => {
      throw new ApiError(413, `a body must be at most ${LARGEST_BODY} bytes`);
    },
  });
  // No route reads the body of a GET, and to look for one is slow.
  api.use((context, next) => (context.req.method === 'GET' ? next() : limited(context, next)));
  for (const [path, own] of byPath(described)) {
    api.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) => answer(context, own));
  }
  api.notFound(() => plainProblem(404, '404 page not found'));
  api.onError((error) => {
    if (error instanceof HTTPException) return error.getResponse();
    // The client disconnected before its whole body arrived, and will not receive this response.
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return new Response(null, { status: 400 });
    const status = error instanceof ApiError ? error.status : error instanceof ConfigError ? 400 : 500;
    if (status === 500 && !(error instanceof ApiError)) failed(error);
    return withId(problem(status, error.message));
  });
  return api;
}

/** Calls the route for the method of the request. @param routes all routes of the path */
async function answer(context: Context, routes: readonly Route[]): Promise<Response> {
  const { method } = context.req;
  const route = routes.find(
    (each) => each.isForAllMethods || each.method === method || (each.hasHead && method === 'HEAD'),
  );
  if (!route) {
    const allowed = routes.map((each) => (each.hasHead ? `${each.method}, HEAD` : each.method)).join(', ');
    return new Response(null, { status: 405, headers: { Allow: allowed } });
  }
  const answered = await route.handle(context);
  return answered === null ? context.notFound() : withId(answered);
}

/** Adds the request id that Toxiproxy's responses have, for use in logs. */
function withId(response: Response): Response {
  response.headers.set('X-Toxiproxy-Request-Id', randomBytes(10).toString('hex'));
  return response;
}
