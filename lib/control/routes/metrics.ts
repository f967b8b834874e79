import type { Metrics } from '../../report/metrics.js';
import type { Route } from '../route.js';

/** The counters, for Prometheus. */
export function metricsRoute({ metrics }: { readonly metrics: Metrics }): Route {
  return {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus.',
    answers: { 200: 'text/plain' },
    handle: async () => new Response(await metrics.text(), { headers: { 'Content-Type': metrics.contentType } }),
  };
}
