import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import type { EventStream } from '../event-stream.js';
import type { Route } from '../route.js';

/** What happens, as it happens. */
export function eventsRoute({ events }: { readonly events: EventStream }): Route {
  return {
    method: 'GET',
    path: '/events',
    summary: 'Reports and changes as server-sent events (report, fault, proxy, learned); Last-Event-ID resumes.',
    answers: { 200: 'text/event-stream', 503: errorSchema },
    handle: (context) => {
      const stream = events.subscribe(context.req.header('Last-Event-ID') ?? null);
      if (stream === null) throw new ApiError(503, `${events.clients} clients follow the events already`);
      return new Response(stream, {
        headers: {
          'Content-Type': 'text/event-stream',
          'Cache-Control': 'no-store',
          // Nobody on the way is to gather events.
          'X-Accel-Buffering': 'no',
        },
      });
    },
  };
}
