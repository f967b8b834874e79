import type { Metrics } from '../../report/metrics.js';
import type { Route } from '../route.js';

/** The route of the metrics. */
export function metricsRoute({ metrics }: { readonly metrics: Metrics }): Route {
  return {
    method: 'GET',
    isForAllMethods: true,
    path: '/metrics',
    summary: 'Returns metrics in Prometheus text format.',
    answers: { 200: 'text/plain' },
    handle: async () => new Response(await metrics.text(), { headers: { 'Content-Type': metrics.contentType } }),
  };
}
