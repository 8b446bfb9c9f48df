import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { notFound } from '../http/problem.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from './route.ts';
import { openApiDocument } from './document.ts';
import { PAGE, START, STYLE } from './openapi-page.ts';

const SWAGGER_UI = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};

/** Scripts and styles of this server only; the page's components set styles of their own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The API's description, for programs and for people. */
export function openApiRoutes(described: readonly Route[]): Route[] {
  // Made for whoever asks first: it takes longer than all else of a start, and few ask.
  let document: string | null = null;
  const shown = { access: 'public', authenticate: anybody, tag: 'Documentation', method: 'get' } as const;
  return [
    openEndpoint({
      ...shown,
      path: '/openapi.json',
      summary: 'This description, as OpenAPI 3.1',
      answer: { schema: z.record(z.string(), z.unknown()) },
      handle: ({ response }) => {
        document ??= JSON.stringify(openApiDocument(described));
        response.type('application/json').send(document);
        return Promise.resolve(ANSWERED);
      },
    }),
    openEndpoint({
      ...shown,
      path: '/docs',
      summary: 'This description, as a page',
      answer: { type: 'text/html' },
      handle: ({ response }) => {
        response.set('Content-Security-Policy', POLICY).type('text/html').send(PAGE);
        return Promise.resolve(ANSWERED);
      },
    }),
    openEndpoint({
      ...shown,
      path: '/docs/{asset}',
      summary: 'Scripts and styles of the page',
      params: z.strictObject({ asset: z.string() }),
      answer: { type: 'text/javascript' },
      handle: ({ params: { asset }, response }) => {
        response.set('Cache-Control', 'public, max-age=3600');
        if (asset === 'start.js') response.type('text/javascript').send(START);
        else if (asset === 'page.css') response.type('text/css').send(STYLE);
        else if (Object.hasOwn(ASSETS, asset))
          response.type(ASSETS[asset] ?? '').sendFile(path.join(SWAGGER_UI, asset));
        else throw notFound(`file ${asset}`);
        return Promise.resolve(ANSWERED);
      },
    }),
  ];
}
