import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Hono } from 'hono';

/** Answers requests of the Fetch API: an instance of Hono, or one that is loaded later. */
export type Api = { readonly fetch: (...args: Parameters<Hono['fetch']>) => Response | Promise<Response> };

/**
 * Returns the listener for the requests of an HTTP server. Its code is loaded for the first request: few instances are ever
 * asked, and it takes memory and time at the start.
 */
export function requestListener(api: Api): RequestListener {
  let answer: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;
  const load = async () => {
    const { getRequestListener } = await import('@hono/node-server');
    // HTTP/1.0 has requests without a host; their URL must have one.
    answer ??= getRequestListener(api.fetch, { hostname: 'localhost' });
    return answer;
  };
  return (request, response) => {
    if (answer !== undefined) return void answer(request, response);
    load().then(
      (loaded) => loaded(request, response),
      () => response.writeHead(500, { connection: 'close' }).end(),
    );
  };
}

/** Returns an API that is loaded for its first request. After a failure, the next request loads it again. */
export function loadedLater(load: () => Promise<Api>): Api {
  let loading: Promise<Api> | undefined;
  return {
    fetch: async (...request) => {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return (await loading).fetch(...request);
    },
  };
}
