import { z } from 'zod';
import { forbidden } from '../../http/problem.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../../api/route.ts';
import type { OpenedSource } from './sources.ts';

/**
 * What the Fetch standard has a browser ask before it sends a key: whose site it is can only be asked when the key comes.
 * Authorization has to be named, `*` does not stand for it; AnonymousId is what RudderStack's library sends along. A day, of
 * which browsers keep less.
 */
const PREFLIGHT = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Content-Encoding, AnonymousId, X-Request-Id',
  'Access-Control-Max-Age': '86400',
} as const;

/** What a page may read of an answer, a refusal too. No cookie says anything here: `*` opens nothing else. */
const READABLE = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
  'Cross-Origin-Resource-Policy': 'cross-origin',
} as const;

/** An endpoint whose answers pages of other origins may read, and what their browsers ask before. */
export function crossOrigin(route: Route): Route[] {
  return [
    preflight(route.path),
    {
      ...route,
      handle: (request, response, desk) => {
        response.set(READABLE);
        return route.handle(request, response, desk);
      },
    },
  ];
}

function preflight(path: string): Route {
  return openEndpoint({
    method: 'options',
    path,
    access: 'public',
    tag: 'Events',
    summary: 'Tells a browser that pages of other origins may send events',
    query: z.object({}),
    answer: { status: 204 },
    authenticate: anybody,
    handle: ({ response }) => {
      response.status(204).set(PREFLIGHT).end();
      return Promise.resolve(ANSWERED);
    },
  });
}

/** Throws a 403 problem for a page that is of none of the source's sites. Servers and apps name no origin. */
export function checkOrigin({ allowedOrigins }: OpenedSource, origin: string | undefined): void {
  if (allowedOrigins === null || origin === undefined || allowedOrigins.includes(origin)) return;
  throw forbidden(
    'origin-not-allowed',
    `Pages of ${origin.slice(0, 300)} may not send events with this write key. Add the origin to the source’s allowed origins.`,
  );
}
