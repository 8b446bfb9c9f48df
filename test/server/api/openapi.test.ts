import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../../server/src/app.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

interface Operation {
  readonly operationId: string;
  readonly security: object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Record<string, unknown> }> };
  readonly responses: Record<string, unknown>;
}

describe('the API’s description', () => {
  let server: TestServer;
  let document: { openapi: string; paths: Record<string, Record<string, Operation>> };
  beforeAll(async () => {
    server = await startTestServer();
    const answer = await request(server.app).get('/openapi.json').expect(200);
    document = answer.body as typeof document;
  });
  afterAll(() => server.close());

  it('holds every endpoint for callers, each under a name of its own', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const routes = routesOf(server.services)
      .filter(
        (route) =>
          !['Documentation', 'Console'].includes(route.tag) &&
          !['/health', '/ready', '/metrics'].includes(route.path),
      )
      .map((route) => `${route.method} ${route.path}`);
    expect(described.sort()).toEqual(routes.sort());
    const names = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((each) => each.operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('is OpenAPI 3.1: parameters of every path, schemas that say what is required, answers', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(operations)) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const named =
          operation.parameters?.filter((each) => each.in === 'path').map((each) => each.name) ?? [];
        expect(named, `${method} ${path}`).toEqual(inPath);
        expect(Object.keys(operation.responses), `${method} ${path}`).toContain('default');
        const body = operation.requestBody?.content['application/json']?.schema;
        if (body) expect(body, `${method} ${path}`).toHaveProperty('type');
      }
  });

  it('tells of a batch what Apex has to send', () => {
    const operation = document.paths['/v1/tables/{table}/batches']?.post;
    expect(operation?.security).toEqual([{ plugin: [] }]);
    expect(operation?.parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    expect(operation?.requestBody?.content['application/json']?.schema).toMatchObject({
      required: ['object', 'fields'],
      properties: { upserts: { type: 'array', items: { type: 'array' } } },
      additionalProperties: false,
    });
  });

  it('is a page too, whose scripts come from this server only', async () => {
    const page = await request(server.app).get('/docs').expect(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) await request(server.app).get(`/${file}`).expect(200);
    await request(server.app).get('/docs/package.json').expect(404);
    await request(server.app).get('/docs/..%2Fpackage.json').expect(404);
  });
});
