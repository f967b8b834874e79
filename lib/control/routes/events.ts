import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import type { EventStream } from '../event-stream.js';
import type { Route } from '../route.js';

/** The route of the event stream. */
export function eventsRoute({ events }: { readonly events: EventStream }): Route {
  return {
    method: 'GET',
    path: '/events',
    summary:
      'Streams reports and changes as server-sent events (report, fault, proxy, learned, scenario). Last-Event-ID resumes a stream.',
    answers: { 200: 'text/event-stream', 503: errorSchema },
    handle: (context) => {
      const stream = events.subscribe(context.req.header('Last-Event-ID') ?? null);
      if (stream === null) throw new ApiError(503, `too many clients: ${events.clients} already follow the events`);
      return new Response(stream, {
        headers: {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-store',
          // Reverse proxies must not buffer events.
          'X-Accel-Buffering': 'no',
        },
      });
    },
  };
}
