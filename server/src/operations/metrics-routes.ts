import { ANSWERED, operatorEndpoint, type Route } from '../api/route.ts';
import type { Metrics } from '../process/metrics.ts';

export function metricsRoute(metrics: Metrics): Route {
  return operatorEndpoint({
    method: 'get',
    path: '/metrics',
    tag: 'Operator',
    summary: 'What the server counts, for Prometheus',
    answer: { type: 'text/plain' },
    handle: async ({ response }) => {
      response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
      return ANSWERED;
    },
  });
}
