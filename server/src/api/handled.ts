import type { Request, Response } from 'express';
import { traced, type SpanOrder } from '../process/tracing.ts';
import type { Desk, Route } from './route.ts';

/** Has a route answer a call, within a span where spans go anywhere. */
export function handled(route: Route, request: Request, response: Response, desk: Desk): Promise<void> {
  return traced(
    () => spanOf(route, request, response),
    async (span) => {
      await route.handle(request, response, desk);
      span.set({ 'http.response.status_code': response.statusCode });
    },
  );
}

/** A call by its route: a path may hold a key, which is somebody's. */
function spanOf({ method, path }: Route, request: Request, response: Response): SpanOrder {
  return {
    name: `${method.toUpperCase()} ${path}`,
    kind: 'server',
    attributes: {
      'http.request.method': method.toUpperCase(),
      'http.route': path,
      'di.request_id': response.get('X-Request-Id') ?? '',
    },
    parent: request.get('traceparent') ?? null,
  };
}
